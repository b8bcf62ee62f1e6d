import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver for the demo: `/well` answers 200, `/failing` answers 500. */
export interface DemoReceiver {
  readonly url: string;
  close(): void;
}

/** Starts it on loopback; `onReceived` is told of each delivery that comes in. */
export async function startDemoReceiver(onReceived: (line: string) => void): Promise<DemoReceiver> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const failing = request.url === '/failing';
      response.statusCode = failing ? 500 : 200;
      response.end(failing ? 'the demo fails on purpose' : 'thank you');
      onReceived(
        `${String(request.headers['svix-id'] ?? '')} at ${request.url} answered ${response.statusCode}`,
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // The demo ends with its service, not with its receiver.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
