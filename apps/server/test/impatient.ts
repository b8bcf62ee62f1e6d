import { afterEach, beforeEach } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from './harness.js';
import type { Receiver } from './receiver.js';
import { REACH_RECEIVERS, Scene } from './scene.js';

/** Seconds of failure after which an endpoint is disabled. */
export const PATIENCE = 1_000;
const SETTINGS = {
  ...REACH_RECEIVERS,
  POSTRIDER_RETRY_SCHEDULE: '',
  POSTRIDER_ENDPOINT_FAILURE_DISABLE_AFTER: `${PATIENCE}`,
};

interface Setting {
  readonly home: Home;
  readonly scene: Scene;
  readonly receiver: Receiver;
  readonly endpointId: string;
  server: TestServer;
}

/** For each test of a file: a server that soon disables what only fails, and one endpoint at a receiver. */
export class Impatient {
  #setting: Setting | undefined;

  static use(): Impatient {
    const impatient = new Impatient();
    beforeEach(async () => {
      const home = await openHome();
      const server = await startServer(SETTINGS, home);
      const scene = await Scene.open(server);
      const receiver = await scene.receiver();
      const { id } = await scene.endpoint(receiver);
      impatient.#setting = { home, server, scene, receiver, endpointId: id };
    });
    afterEach(async () => {
      const { home, server, scene } = impatient.#there();
      await scene.close();
      await server.stop();
      await home.remove();
    });
    return impatient;
  }

  #there(): Setting {
    if (this.#setting === undefined) throw new Error('the setting is there in tests only');
    return this.#setting;
  }

  get home(): Home {
    return this.#there().home;
  }

  get server(): TestServer {
    return this.#there().server;
  }

  get scene(): Scene {
    return this.#there().scene;
  }

  get receiver(): Receiver {
    return this.#there().receiver;
  }

  get endpointId(): string {
    return this.#there().endpointId;
  }

  get path() {
    return { params: { app_id: this.scene.appId, endpoint_id: this.endpointId } };
  }

  /** Calls of the environment's owner to the server that runs now. */
  get client() {
    return this.server.as(this.scene.environment.key);
  }

  /** Stops the server and starts another on the same database. */
  async restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const setting = this.#there();
    await setting.server.stop();
    setting.server = await startServer({ ...SETTINGS, ...settings }, setting.home);
  }

  /** Sends a message and waits until everything that follows from its one attempt is done. Gives its id. */
  async send(reply: Receiver['reply']): Promise<string> {
    this.receiver.reply = reply;
    const params = { app_id: this.scene.appId };
    const { body } = await this.client.message.create({ params, body: { eventType: 'a', payload: {} } });
    const { id } = body as { id: string };
    await this.scene.settle();
    return id;
  }
}
