import { cancelKind } from './cancel.js';
import { exportOpenApiKind } from './export-openapi.js';
import type { RunnableKind } from './kind.js';
import { bulkReplayKind, recoverKind, replayMissingKind } from './replay.js';

/** Every kind of background task that is done here. */
export const KINDS: readonly RunnableKind[] = [
  recoverKind,
  replayMissingKind,
  bulkReplayKind,
  cancelKind,
  exportOpenApiKind,
];
