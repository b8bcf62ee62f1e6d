import { mergeConfig } from 'vitest/config';
import base from './vitest.config';

const config = mergeConfig(base, {});
/** The pictures of the documentation, made by the machinery of the walks. */
export default { ...config, test: { ...config.test, include: ['e2e/pictures.ts'] } };
