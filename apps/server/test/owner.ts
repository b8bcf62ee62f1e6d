import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from './harness.js';

/** A server for all tests of a file, and for each of them an environment that nobody has used. */
export class Owner {
  #server: TestServer | undefined;
  #environment: TestEnvironment | undefined;

  /** `prepare` puts into each environment what every test of the file begins with. */
  static use(prepare: (environment: TestEnvironment) => Promise<unknown> = async () => undefined): Owner {
    const owner = new Owner();
    beforeAll(async () => {
      owner.#server = await startServer();
    });
    afterAll(() => owner.#server?.stop());
    beforeEach(async () => {
      owner.#environment = await owner.server.createEnvironment();
      await prepare(owner.#environment);
    });
    return owner;
  }

  get server(): TestServer {
    if (this.#server === undefined) throw new Error('the server is there in tests only');
    return this.#server;
  }

  get environment(): TestEnvironment {
    if (this.#environment === undefined) throw new Error('the environment is there in tests only');
    return this.#environment;
  }

  /** What is asked for from now on is asked in another environment. */
  set environment(environment: TestEnvironment) {
    this.#environment = environment;
  }
}

/** An application of this uid, and event types of these names. */
export const applicationWith =
  (uid: string, ...eventTypes: readonly string[]) =>
  async ({ client }: TestEnvironment): Promise<void> => {
    await client.application.create({ body: { name: uid, uid } });
    for (const name of eventTypes) await client.eventType.create({ body: { name, description: '' } });
  };
