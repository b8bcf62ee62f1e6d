import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** An operator's site that embeds the portal. For browsers `localhost` is another site than the server's `127.0.0.1`. */
export interface Host {
  /** A page with svix-react's AppPortal, told in its query what to embed. */
  appPortal(query: Record<string, string>): string;
  /** A page with nothing but an iframe, 600 px high. */
  plainFrame(source: string): string;
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('./host/app-portal.html', import.meta.url));
const TYPES: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  html: 'text/html; charset=utf-8',
};

/** The built files of the page with AppPortal, by path. */
async function buildAppPortal(): Promise<Map<string, string | Uint8Array>> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('./host', import.meta.url)),
    // svix 1.x looks at `process` as if it were always there.
    define: { 'process.env': '{}', 'process.version': '""', 'process.versions': '{}' },
    build: { write: false, minify: false, rolldownOptions: { input: ENTRY } },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = outputs.flatMap((one) => ('output' in one ? one.output : []));
  return new Map(
    files.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source] as const),
  );
}

const frame = (source: string) =>
  `<!doctype html><html lang="en"><title>Host</title><body style="margin:0">` +
  `<iframe title="Portal" style="width:100%;height:600px;border:0" src="${source.replaceAll('"', '&quot;')}">` +
  '</iframe></body></html>';

/** Serves the operator's pages; `stop` ends that. */
export async function startHost(): Promise<Host> {
  const files = await buildAppPortal();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const content = pathname === '/frame' ? frame(searchParams.get('source') ?? '') : files.get(pathname);
    const type = TYPES[pathname.split('.').at(-1) ?? ''] ?? TYPES['html'] ?? '';
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
    response.end(content ?? '');
  });
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://localhost:${address.port}`;
  return {
    appPortal: (query) => `${origin}/app-portal.html?${new URLSearchParams(query)}`,
    plainFrame: (source) => `${origin}/frame?${new URLSearchParams({ source })}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
