import { type Client, unwrap } from '@postrider/client';
import type { EndpointOut, MessageAttemptOut, MessageOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { expect, vi } from 'vitest';
import type { BackgroundTask } from '../src/storage/background-task.js';
import type { TestEnvironment, TestServer } from './harness.js';
import { Receiver } from './receiver.js';

/** What a server needs to reach receivers on this machine. */
export const REACH_RECEIVERS = { POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8' };

type EndpointInput = Partial<Parameters<Client['endpoint']['create']>[0]['body']>;
type MessageInput = Partial<Parameters<Client['message']['create']>[0]['body']>;
type AttemptQuery = NonNullable<Parameters<Client['messageAttempt']['listByMsg']>[0]['query']>;

/** How long state that follows a delivery may take to show. */
const PATIENCE = { timeout: 30_000, interval: 10 };

/** An application of a new environment, with what tests do in it most. */
export class Scene {
  readonly server: TestServer;
  readonly environment: TestEnvironment;
  readonly appId: string;
  readonly #receivers: Receiver[] = [];

  constructor(server: TestServer, environment: TestEnvironment, appId: string) {
    this.server = server;
    this.environment = environment;
    this.appId = appId;
  }

  static async open(server: TestServer): Promise<Scene> {
    const environment = await server.createEnvironment();
    const { id } = await unwrap(environment.client.application.create({ body: { name: 'Acme' } }));
    return new Scene(server, environment, id);
  }

  /** Stops the receivers that it has started. */
  async close(): Promise<void> {
    await Promise.all(this.#receivers.map((receiver) => receiver.stop()));
  }

  get client(): Client {
    return this.environment.client;
  }

  /** Both generations of the official SDK, as the owner of the environment. */
  get sdks(): [SvixV1, SvixV2] {
    const options = { serverUrl: this.server.url };
    return [new SvixV1(this.environment.key, options), new SvixV2(this.environment.key, options)];
  }

  async receiver(): Promise<Receiver> {
    const receiver = await Receiver.start();
    this.#receivers.push(receiver);
    return receiver;
  }

  /** An endpoint at a receiver or any other address. */
  endpoint(at: Receiver | string, input: EndpointInput = {}): Promise<EndpointOut> {
    const url = typeof at === 'string' ? at : at.url;
    return unwrap(this.client.endpoint.create({ params: { app_id: this.appId }, body: { url, ...input } }));
  }

  /** Sends a message, in a tick of its own: ids of one tick are in no order. */
  async send(input: MessageInput = {}): Promise<MessageOut> {
    this.server.clock.advance(0.008);
    return unwrap(
      this.client.message.create({
        params: { app_id: this.appId },
        body: { eventType: 'invoice.paid', payload: { n: 1 }, ...input },
      }),
    );
  }

  async attemptsOf(msg_id: string, query: AttemptQuery = {}): Promise<MessageAttemptOut[]> {
    const params = { app_id: this.appId, msg_id };
    return (await unwrap(this.client.messageAttempt.listByMsg({ params, query }))).data;
  }

  /** The message's attempts, newest first, as soon as so many are recorded. */
  async recorded(msg_id: string, count: number): Promise<MessageAttemptOut[]> {
    return vi.waitFor(async () => {
      const attempts = await this.attemptsOf(msg_id);
      expect(attempts).toHaveLength(count);
      return attempts;
    }, PATIENCE);
  }

  /** Number of deliveries that wait or are under way. */
  async unsettled(): Promise<number> {
    const rows = await this.server.context.database.kysely
      .selectFrom('delivery')
      .select('message_id')
      .where('application_id', '=', this.appId)
      .where((where) => where.or([where('owner', 'is not', null), where('due_at', 'is not', null)]))
      .execute();
    return rows.length;
  }

  /** The background task, as soon as it has ended. */
  async taskEnded(id: string, timeout = PATIENCE.timeout): Promise<BackgroundTask> {
    return vi.waitFor(
      async () => {
        const task = await this.server.context.database.kysely
          .selectFrom('background_task')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        expect(task.status).not.toBe('running');
        return task;
      },
      { ...PATIENCE, timeout },
    );
  }

  /** Waits until nothing is under way and nothing is to be sent. */
  async settle(): Promise<void> {
    await vi.waitFor(async () => expect(await this.unsettled()).toBe(0), PATIENCE);
  }
}
