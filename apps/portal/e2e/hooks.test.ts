import { unwrap } from '@postrider/client';
import type { Capability, EndpointOut } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Host, startHost } from './host';
import { type Receiver, startReceiver } from './receiver';
import { endpointIn, fillScene, type Scene } from './scene';
import { useSetting, withPage } from './walk';

interface Listed {
  readonly id?: string;
  readonly name?: string;
}

/** What a hook's section of the page says. */
interface Known<Data> {
  readonly data?: Data;
  readonly loading?: boolean;
  readonly error?: unknown;
  readonly done: Readonly<Record<string, unknown>>;
}

describe.skipIf(isBrowserMissing)("svix-react's hooks, on a page of another site", () => {
  const setting = useSetting();
  let host: Host;
  let receiver: Receiver;
  let scene: Scene;
  let doomed: EndpointOut;
  beforeAll(async () => {
    [host, receiver] = await Promise.all([startHost(), startReceiver()]);
    const { application, server } = setting();
    scene = await fillScene(server, application, receiver);
    const params = { app_id: application.id };
    const body = endpointIn(`${receiver.url}/doomed`, { disabled: true });
    doomed = await unwrap(server.client.endpoint.create({ params, body, headers: {} }));
  });
  afterAll(() => Promise.all([host?.stop(), receiver?.stop()]));

  const open = async (page: Page, capabilities?: Capability[]) => {
    const { application, server } = setting();
    const { token } = await server.access(application, capabilities === undefined ? {} : { capabilities });
    const given = {
      // With a slash at its end, as many write it.
      serverUrl: `${server.url}/`,
      appId: application.id,
      token,
      endpointId: scene.well.id,
      doomedId: doomed.id,
      messageId: scene.paid.id,
      newUrl: `${receiver.url}/by-a-hook`,
    };
    await page.goto(host.hooks(given));
  };
  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
  const read = async <Data>(page: Page, name: string): Promise<Known<Data>> =>
    JSON.parse((await section(page, name).locator('output').textContent()) ?? '{}') as Known<Data>;
  const press = (page: Page, name: string, action: string) =>
    section(page, name).getByRole('button', { name: action, exact: true }).click();
  /** Presses, and waits for what came of it. */
  const act = async (page: Page, name: string, action: string): Promise<unknown> => {
    await press(page, name, action);
    await expect.poll(async () => (await read(page, name)).done[action]).toBeDefined();
    return (await read(page, name)).done[action];
  };
  /** The data, once it is there. */
  const data = async <Data>(page: Page, name: string): Promise<Data> => {
    await expect.poll(async () => (await read<Data>(page, name)).data).toBeDefined();
    const known = await read<Data>(page, name);
    expect(known.error).toBeUndefined();
    if (known.data === undefined) throw new Error(`${name} has no data`);
    return known.data;
  };
  const namesIn = async (page: Page, name: string) =>
    ((await read<readonly Listed[]>(page, name)).data ?? []).map((one) => one.id ?? one.name);

  test('bring what they ask for', async () => {
    const { application } = setting();
    await withPage(setting(), async (page) => {
      await open(page);
      expect(await data(page, 'useEndpoint')).toMatchObject({ url: scene.well.url, filterTypes: null });
      expect(await data(page, 'useEndpointSecret')).toEqual({ key: expect.stringMatching(/^whsec_/) });
      expect(await data(page, 'useEndpointHeaders')).toEqual({
        headers: { 'x-tenant': 'harbour' },
        sensitive: ['authorization'],
      });
      expect(await data(page, 'useEndpointStats')).toMatchObject({ success: 3, fail: 0, canceled: 0 });
      expect(await data(page, 'useMessage')).toMatchObject({
        eventType: 'invoice.paid',
        payload: { invoiceId: 'inv_2048' },
      });
      expect(await data(page, 'useMessageEndpoints')).toHaveLength(2);
      expect(await data(page, 'useMessageAttempts')).toMatchObject([
        { endpointId: scene.well.id, response: '{"received":true}', statusText: 'success', status: 0 },
      ]);
      expect(await data(page, 'useEndpointMessageAttempts')).toMatchObject([
        { msgId: scene.paid.id, msg: { eventType: 'invoice.paid' } },
        { endpointId: scene.well.id },
      ]);
      expect(await data(page, 'useAttemptedMessages')).toMatchObject([
        { id: scene.paid.id, status: 0, statusText: 'success' },
        { status: 0 },
      ]);
      expect(await act(page, 'useSvix', 'get')).toMatchObject({ id: application.id });
    });
  });

  test('turn the pages of lists, there and back', async () => {
    await withPage(setting(), async (page) => {
      await open(page);
      const lists = {
        useEndpoints: [2, 2, 1],
        useEndpointMessageAttempts: [2, 1],
        useAttemptedMessages: [2, 1],
        useEventTypes: [4, 2],
        useMessages: [2, 1],
      };
      for (const [name, sizes] of Object.entries(lists)) {
        const seen: (string | undefined)[] = [];
        for (const [index, size] of sizes.entries()) {
          if (index > 0) await press(page, name, 'nextPage');
          await expect
            .poll(async () => (await namesIn(page, name)).some((one) => seen.includes(one)))
            .toBe(false);
          await expect.poll(async () => (await namesIn(page, name)).length, { message: name }).toBe(size);
          seen.push(...(await namesIn(page, name)));
        }
        // At the end there is no way on, and the way back leads to the first page.
        await press(page, name, 'nextPage');
        for (const _ of sizes.slice(1)) await press(page, name, 'prevPage');
        await expect.poll(() => namesIn(page, name)).toEqual(seen.slice(0, sizes[0]));
      }
      await press(page, 'useMessages', 'november');
      await expect.poll(() => namesIn(page, 'useMessages')).toEqual([scene.paid.id]);
    });
  });

  test('change what they are asked to', async () => {
    const { application, server } = setting();
    const params = { app_id: application.id, endpoint_id: scene.well.id };
    await withPage(setting(), async (page) => {
      await open(page);
      const before = await data<{ key: string }>(page, 'useEndpointSecret');
      expect(await act(page, 'useEndpointSecret', 'rotate')).toBe('done');
      await expect.poll(() => data(page, 'useEndpointSecret')).not.toEqual(before);
      const headers = { 'x-a': '1', 'x-b': '2' };
      expect(await act(page, 'useEndpointHeaders', 'update')).toBe('done');
      await expect.poll(() => data(page, 'useEndpointHeaders')).toEqual({ headers, sensitive: [] });
      expect(await act(page, 'useEndpointHeaders', 'patch')).toBe('done');
      await expect.poll(() => data(page, 'useEndpointHeaders')).toMatchObject({ headers: { 'x-b': 'two' } });

      expect(await act(page, 'useEndpointFunctions', 'recover')).toMatchObject({ status: 'running' });
      await data(page, 'useEndpoint');
      const changed = { id: scene.well.id, description: 'Changed by a hook', rateLimit: 50 };
      await expect.poll(() => act(page, 'useEndpointFunctions', 'update')).toMatchObject(changed);
      expect(await act(page, 'useEndpointFunctions', 'delete')).toBe('done');
      const gone = await server.client.endpoint.get({ params: { ...params, endpoint_id: doomed.id } });
      expect(gone.status).toBe(404);

      const sent = () => receiver.requests.filter(({ path }) => path === '/hooks/accounting').length;
      const count = sent();
      expect(await act(page, 'useAttemptFunctions', 'resend')).toBe('done');
      await expect.poll(sent).toBe(count + 1);

      await press(page, 'useNewEndpoint', 'fill');
      const made = await act(page, 'useNewEndpoint', 'create');
      // It sends an empty list of event types, which means all of them.
      expect(made).toMatchObject({ url: `${receiver.url}/by-a-hook`, filterTypes: null, description: '' });
    });
  });

  test('may not change what their session may not', async () => {
    const writes = {
      useEndpointSecret: ['rotate'],
      useEndpointHeaders: ['update', 'patch'],
      useEndpointFunctions: ['recover', 'update', 'delete'],
      useAttemptFunctions: ['resend'],
    };
    await withPage(setting(), async (page, complaints) => {
      await open(page, ['ViewBase']);
      await data(page, 'useEndpoint');
      for (const [name, actions] of Object.entries(writes)) {
        for (const action of actions) expect(await act(page, name, action), action).toEqual({ failed: 403 });
      }
      await press(page, 'useNewEndpoint', 'fill');
      expect(await act(page, 'useNewEndpoint', 'create')).toEqual({ failed: 403 });
      await expect.poll(async () => (await read(page, 'useEndpointSecret')).error).toBe(403);
      expect(complaints.splice(0).every((text) => text.includes('403'))).toBe(true);
    });
  });

  test('say that the session was ended', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await open(page);
      await data(page, 'useEndpoints');
      await server.expireAll(application);
      for (const one of await page.getByRole('button', { name: 'reload' }).all()) await one.click();
      const loading = await page
        .getByRole('region')
        .filter({ has: page.getByText('reload') })
        .all();
      expect(loading).toHaveLength(12);
      for (const one of loading) {
        await expect
          .poll(async () => (await one.locator('output').textContent()) ?? '')
          .toContain('"error":401');
      }
    });
  });
});
