import { defineConfig } from 'vitest/config';
import { walks } from './vitest.config';

const conditions = ['@postrider/source'];
/** The pictures of the documentation, made by the machinery of the walks. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { ...walks, include: ['e2e/pictures.ts'] },
});
