import type { TestProject } from 'vitest/node';
import { isBrowserMissing } from './browser';
import { makeTemplate } from './server';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A data directory of a server that has been started and stopped once; not there where no walk is made. */
    template: string | undefined;
  }
}

/** Makes the data directory that the servers of all walks begin with: each file copies it, instead of making it anew. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (isBrowserMissing) return undefined;
  const template = await makeTemplate();
  project.provide('template', template.directory);
  return template.remove;
}
