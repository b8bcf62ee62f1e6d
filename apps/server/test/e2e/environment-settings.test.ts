import { type Client, unwrap } from '@postrider/client';
import type { EndpointOut, SettingsInternalIn } from '@postrider/contract';
import { SETTINGS_DEFAULTS } from '@postrider/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

const DISABLE_AFTER_SECONDS = 3600;
const SETTINGS = {
  ...REACH_RECEIVERS,
  POSTRIDER_RETRY_SCHEDULE: '',
  POSTRIDER_ENDPOINT_FAILURE_DISABLE_AFTER: String(DISABLE_AFTER_SECONDS),
};

let home: Home;
let server: TestServer;
let other: TestServer;
let scene: Scene;
beforeAll(async () => {
  home = await openHome();
  server = await startServer(SETTINGS, home);
  other = await startServer(SETTINGS, home);
});
afterAll(async () => {
  await server.stop();
  await other.stop();
  await home.remove();
});
beforeEach(async () => {
  scene = await Scene.open(server);
  return () => scene.close();
});

const settingsOf = (client: Client) => client.management.environmentSettings;
const set = (body: SettingsInternalIn) => unwrap(settingsOf(scene.client).patch({ body }));
const url = 'https://example.com/hook';
const params = () => ({ params: { app_id: scene.appId } });
const createEndpoint = (body: Partial<EndpointOut> & { url: string }) =>
  scene.client.endpoint.create({ ...params(), body: body as never });

describe('settings', () => {
  it('are the defaults where nothing was set', async () => {
    expect(await unwrap(settingsOf(scene.client).get())).toEqual({
      ...SETTINGS_DEFAULTS,
      enforceHttps: false,
      showSvixBrandFooter: false,
    });
  });

  it('are kept: PATCH changes some, null clears, PUT replaces all', async () => {
    const everything: SettingsInternalIn = {
      retryPolicy: [5, 300],
      customColor: '#2a6df4',
      customLogoUrl: 'https://example.com/logo.svg',
      customThemeOverride: { borderRadius: { button: 'full' }, fontSize: { base: 14 } },
      customStringsOverride: { channelsOne: 'Project', channelsMany: 'Projects' },
      customBaseFontSize: 16,
      customFontFamily: 'Open Sans',
      displayName: 'Acme',
      colorPaletteLight: { primary: 'rgb(10, 20, 30)' },
      colorPaletteDark: { primary: 'white' },
      applicationAlertEvents: ['endpoint.disabled'],
      advancedEndpointTypes: ['http', 'poller'],
      whitelabelHeaders: true,
      mcpToken: true,
    };
    expect(await set(everything)).toMatchObject(everything);
    await set({ displayName: null, mcpToken: false });
    expect(await unwrap(settingsOf(scene.client).get())).toMatchObject({
      ...everything,
      displayName: null,
      mcpToken: false,
    });
    const replaced = await unwrap(
      settingsOf(scene.client).update({ body: { displayName: 'New', endpointsPerAppLimit: 3 } }),
    );
    const standard = { ...SETTINGS_DEFAULTS, enforceHttps: false };
    expect(replaced).toEqual({ ...standard, displayName: 'New', endpointsPerAppLimit: 3 });
  });

  it.each([
    [{ customColor: 'red; background: url(x)' }, 'custom_color'],
    [{ customLogoUrl: 'javascript:alert(1)' }, 'custom_logo_url'],
    [{ customFontFamily: 'a;b' }, 'custom_font_family'],
    [{ enforceHttps: 'yes' }, 'enforceHttps'],
    [{ colorPaletteDark: { primary: '#12' } }, 'color_palette_dark'],
    [{ advancedEndpointTypes: ['fax'] }, 'advancedEndpointTypes'],
  ])('refuse %j', async (body, field) => {
    for (const answer of [
      await settingsOf(scene.client).patch({ body: body as never }),
      await settingsOf(scene.client).update({ body: body as never }),
    ]) {
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain(field);
    }
    expect(await unwrap(settingsOf(scene.client).get())).toMatchObject({ enforceHttps: false });
  });

  it("are the key's environment's own; a session may not change or see them all", async () => {
    await set({ displayName: 'Mine' });
    const stranger = await server.createEnvironment();
    expect((await unwrap(settingsOf(stranger.client).get())).displayName).toBeUndefined();
    const session = await openSession(server, scene.environment, scene.appId);
    expect((await settingsOf(session).get()).status).toBe(403);
    expect((await settingsOf(session).patch({ body: {} })).status).toBe(403);
    expect((await settingsOf(session).update({ body: {} })).status).toBe(403);
    expect((await settingsOf(server.as(undefined)).get()).status).toBe(401);
    const sender = await server.createEnvironment(['message:create']);
    expect((await settingsOf(sender.client).get()).status).toBe(403);
  });
});

describe('the portal', () => {
  it('reads how it is to look, and nothing that is not for it', async () => {
    await set({
      customColor: '#2a6df4',
      customLogoUrl: 'https://example.com/logo.svg',
      displayName: 'Acme',
      enableChannels: true,
      retryPolicy: [1],
    });
    const session = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
    const seen = await unwrap(session.environmentSettings.getSettings());
    expect(seen).toMatchObject({
      customColor: '#2a6df4',
      logoUrl: 'https://example.com/logo.svg',
      displayName: 'Acme',
      enableChannels: true,
      enableTransformations: false,
      showUseSvixPlay: true,
    });
    for (const hidden of ['retryPolicy', 'enforceHttps', 'readOnly', 'whitelabelHeaders']) {
      expect(seen).not.toHaveProperty(hidden);
    }
    expect(await unwrap(scene.client.environmentSettings.getSettings())).toEqual(seen);
    expect((await server.as(undefined).environmentSettings.getSettings()).status).toBe(401);
  });

  it('sees a change within a second in every process', async () => {
    const session = await openSession(server, scene.environment, scene.appId);
    await set({ displayName: 'Old' });
    const { token } = await unwrap(scene.client.authentication.getAppPortalAccess({ ...params(), body: {} }));
    const elsewhere = other.as(token);
    expect((await unwrap(elsewhere.environmentSettings.getSettings())).displayName).toBe('Old');
    await set({ displayName: 'New' });
    expect((await unwrap(session.environmentSettings.getSettings())).displayName).toBe('New');
    server.clock.advance(1);
    expect((await unwrap(elsewhere.environmentSettings.getSettings())).displayName).toBe('New');
  });

  it('may only look where the environment is readOnly, also with sessions that are older', async () => {
    const session = await openSession(server, scene.environment, scene.appId);
    const create = () => session.endpoint.create({ ...params(), body: { url } });
    expect((await create()).status).toBe(201);
    await set({ readOnly: true });
    expect((await create()).status).toBe(403);
    expect((await session.endpoint.list({ ...params(), query: {} })).status).toBe(200);
    expect((await unwrap(session.portalSession.whoami())).capabilities).toEqual(['ViewBase']);
    const { url: link } = await unwrap(
      scene.client.authentication.getAppPortalAccess({ ...params(), body: {} }),
    );
    const { oneTimeToken } = JSON.parse(Buffer.from(link.split('#key=')[1] ?? '', 'base64').toString()) as {
      oneTimeToken: string;
    };
    const exchanged = await unwrap(
      server.as(undefined).portalSession.exchangeOneTimeToken({ body: { oneTimeToken } }),
    );
    expect(exchanged.capabilities).toEqual(['ViewBase']);
    expect((await createEndpoint({ url })).status, 'keys go on').toBe(201);
    await set({ readOnly: false });
    expect((await create()).status).toBe(201);
  });
});

describe('endpoints', () => {
  it('must be https with enforceHttps; those that are there stay', async () => {
    const old = await unwrap(createEndpoint({ url: 'http://example.com/old' }));
    await set({ enforceHttps: true });
    const endpoint = scene.client.endpoint;
    const one = { params: { app_id: scene.appId, endpoint_id: old.id } };
    for (const answer of [
      await createEndpoint({ url: 'http://example.com/' }),
      await endpoint.upsert({ ...one, body: { url: 'http://example.com/' } }),
      await endpoint.patch({ ...one, body: { url: 'http://example.com/' } }),
    ]) {
      expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'url'] }] } });
    }
    expect((await endpoint.patch({ ...one, body: { description: 'x' } })).status).toBe(200);
    expect((await createEndpoint({ url })).status).toBe(201);
  });

  it.each([
    ['requireEndpointFilterTypes', 'eventTypes', ['invoice.paid']],
    ['requireEndpointChannel', 'channels', ['project_1']],
  ] as const)('%s: must name some %s', async (setting, field, value) => {
    await scene.client.eventType.create({ body: { name: 'invoice.paid', description: 'x' } });
    const old = await unwrap(createEndpoint({ url }));
    await set({ [setting]: true });
    const one = { params: { app_id: scene.appId, endpoint_id: old.id } };
    const { endpoint } = scene.client;
    for (const answer of [
      await createEndpoint({ url }),
      await createEndpoint({ url, [field]: null }),
      await endpoint.upsert({ ...one, body: { url } }),
      await endpoint.patch({ ...one, body: { [field]: null } }),
    ]) {
      expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', field] }] } });
    }
    expect((await endpoint.patch({ ...one, body: { description: 'x' } })).status).toBe(200);
    expect((await createEndpoint({ url, [field]: [...value] })).status).toBe(201);
    await set({ [setting]: false });
    expect((await createEndpoint({ url })).status).toBe(201);
  });

  it('are endpointsPerAppLimit at most, also when many are made at once', async () => {
    await settingsOf(scene.client).update({ body: { endpointsPerAppLimit: 2 } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => createEndpoint({ url })));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(2);
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'limit_reached' } });
    }
    const { data } = await unwrap(scene.client.endpoint.list({ ...params(), query: {} }));
    const upsert = scene.client.endpoint.upsert({
      params: { app_id: scene.appId, endpoint_id: 'new' },
      body: { url },
    });
    expect((await upsert).status).toBe(400);
    const [first] = data;
    await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: first?.id ?? '' } });
    expect((await createEndpoint({ url })).status).toBe(201);
  });

  it('are disabled after days of failure, but for disableEndpointOnFailure: false', async () => {
    const receiver = await scene.receiver();
    receiver.reply = { status: 500 };
    const { id } = await scene.endpoint(receiver);
    const fail = async () => {
      const message = await scene.send();
      await scene.recorded(message.id, 1);
      await scene.settle();
    };
    const isDisabled = async () =>
      (await unwrap(scene.client.endpoint.get({ params: { app_id: scene.appId, endpoint_id: id } })))
        .disabled;
    await set({ disableEndpointOnFailure: false });
    await fail();
    server.clock.advance(DISABLE_AFTER_SECONDS + 1);
    const before = server.logs.length;
    await fail();
    // The next one would not come to the endpoint if the one before had disabled it.
    await fail();
    expect(await isDisabled()).toBe(false);
    expect(server.logs.slice(before).join('')).not.toContain('endpoint.disabled');
    await set({ disableEndpointOnFailure: true });
    server.clock.advance(1);
    await fail();
    await vi.waitFor(async () => expect(await isDisabled()).toBe(true), 30_000);
  });
});
