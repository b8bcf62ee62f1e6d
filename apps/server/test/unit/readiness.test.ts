import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineStorage } from '../../src/readiness.js';

describe('the data directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postrider-ready-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is well when it can be written to and has room; nothing is left in it', async () => {
    expect(await examineStorage(directory, 1)).toMatchObject({ check: 'storage', status: 'ok' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('is not when there is less room than it takes', async () => {
    const found = await examineStorage(directory, Number.POSITIVE_INFINITY);
    expect(found.status).toBe('error');
    expect(found.detail).toMatch(/^only \d+ MiB are free$/);
  });

  it('is not when nothing can be written to it', async () => {
    await expect(examineStorage(join(directory, 'gone'), 1)).rejects.toThrow('ENOENT');
  });
});
