import react from '@vitejs/plugin-react';
import { build, defaultClientConditions, defineConfig, type Plugin } from 'vite';

const FIRST_PAINT = '/src/first-paint.ts';

/**
 * Bundles src/first-paint.ts as a classic script with a hashed name and puts it where index.html has the module tag.
 * A module runs after the page is parsed and may come after the first paint; this script must come before it, and the
 * content security policy forbids an inline one.
 */
function firstPaint(): Plugin {
  let fileName = '';
  return {
    name: 'postrider:first-paint',
    apply: 'build',
    async buildStart() {
      const result = await build({
        configFile: false,
        logLevel: 'error',
        build: {
          write: false,
          lib: { entry: `.${FIRST_PAINT}`, formats: ['iife'], name: 'firstPaint' },
        },
      });
      const output = (Array.isArray(result) ? result : [result]).flatMap((one) =>
        'output' in one ? one.output : [],
      );
      const chunk = output.find((one) => one.type === 'chunk');
      if (chunk === undefined) throw new Error('src/first-paint.ts gave no script');
      const id = this.emitFile({ type: 'asset', name: 'first-paint.js', source: chunk.code });
      fileName = this.getFileName(id);
    },
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace(
          `<script type="module" src="${FIRST_PAINT}"></script>`,
          `<script vite-ignore src="/${fileName}"></script>`,
        ),
    },
  };
}

export default defineConfig({
  plugins: [react(), firstPaint()],
  resolve: { conditions: ['@postrider/source', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    // Every browser that we support has module preload.
    modulePreload: { polyfill: false },
    // What of others is in the scripts; hidden from the service's file server by the dot.
    license: { fileName: '.vite/license.json' },
  },
  server: { proxy: { '/api': process.env.POSTRIDER_URL ?? 'http://127.0.0.1:8071' } },
});
