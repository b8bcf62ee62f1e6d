import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** An operator's site that embeds the portal. For browsers `localhost` is another site than the server's `127.0.0.1`. */
export interface Host {
  /** A page with svix-react's AppPortal, told in its query what to embed. */
  appPortal(query: Record<string, string>): string;
  /** A page of the operator's own over svix-react's hooks, given what it is of. */
  hooks(given: Record<string, string>): string;
  /** A page with nothing but an iframe, 600 px high, with what it is allowed (`allow="…"`). */
  plainFrame(source: string, allow?: string): string;
  stop(): Promise<void>;
}

const ENTRIES = ['app-portal', 'hooks'].map((name) =>
  fileURLToPath(new URL(`./host/${name}.html`, import.meta.url)),
);
const TYPES: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  html: 'text/html; charset=utf-8',
};

/** The built files of the pages with svix-react, by path. */
async function buildPages(): Promise<Map<string, string | Uint8Array>> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('./host', import.meta.url)),
    // svix 1.x looks at `process` as if it were always there; this is what docs/embedding.md says to do about it.
    define: { process: 'undefined' },
    build: { write: false, minify: false, rolldownOptions: { input: ENTRIES } },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = outputs.flatMap((one) => ('output' in one ? one.output : []));
  return new Map(
    files.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source] as const),
  );
}

const quoted = (value: string) => `"${value.replaceAll('"', '&quot;')}"`;

const frame = (source: string, allow: string) =>
  `<!doctype html><html lang="en"><title>Host</title><body style="margin:0">` +
  `<iframe title="Portal" style="width:100%;height:600px;border:0" allow=${quoted(allow)} src=${quoted(source)}>` +
  '</iframe></body></html>';

/** Serves the operator's pages; `stop` ends that. */
export async function startHost(): Promise<Host> {
  const files = await buildPages();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const content =
      pathname === '/frame'
        ? frame(searchParams.get('source') ?? '', searchParams.get('allow') ?? '')
        : files.get(pathname);
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
    hooks: (given) => `${origin}/hooks.html#${encodeURIComponent(JSON.stringify(given))}`,
    plainFrame: (source, allow = '') => `${origin}/frame?${new URLSearchParams({ source, allow })}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
