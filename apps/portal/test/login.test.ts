import { describe, expect, test } from 'vitest';
import { createSessions } from '../src/app/session';
import { createLogin, type LoginApi, type UsableLink } from '../src/features/login/login';
import { openStore } from '../src/lib/storage';
import { blockedStorage, fakeStorage } from './fake-storage';

const LINK: UsableLink = { kind: 'code', appId: 'app_1', code: 'ott_1' };
const OPEN = { kind: 'open', appId: 'app_1' };

class Refused extends Error {}

/** A server that knows the codes and tokens given, each code once; it counts what it is asked. */
function fakeApi(known: string[]) {
  const asked: string[] = [];
  const api: LoginApi = {
    exchange: async (code) => {
      asked.push(code);
      if (!known.includes(code)) throw new Refused();
      known.splice(known.indexOf(code), 1);
      return { token: `appsk_of_${code}`, capabilities: ['ViewBase'] };
    },
    capabilitiesOf: async (token) => {
      asked.push(token);
      if (!known.includes(token)) throw new Refused();
      return ['ViewBase', 'ManageEndpoint'];
    },
    isRefusal: (error) => error instanceof Refused,
  };
  return { api, asked };
}

describe('a login', () => {
  test('exchanges a code once, however often it is asked', async () => {
    const { api, asked } = fakeApi(['ott_1']);
    const sessions = createSessions(openStore(blockedStorage));
    const login = createLogin(sessions, async () => api);
    expect(await Promise.all([login.enter(LINK), login.enter({ ...LINK })])).toEqual([OPEN, OPEN]);
    expect(await login.enter(LINK)).toEqual(OPEN);
    expect(asked).toEqual(['ott_1']);
    expect(sessions.get('app_1')).toMatchObject({
      kind: 'open',
      session: { token: 'appsk_of_ott_1', capabilities: ['ViewBase'] },
    });
  });

  test('goes on with the stored session when the page is loaded again with the same link', async () => {
    const { api, asked } = fakeApi(['ott_1']);
    const storage = fakeStorage();
    const load = () => createLogin(createSessions(openStore(() => storage)), async () => api);
    expect(await load().enter(LINK)).toEqual(OPEN);
    expect(await load().enter(LINK)).toEqual(OPEN);
    expect(asked).toEqual(['ott_1']);
  });

  test('takes a new link over the stored session', async () => {
    const { api } = fakeApi(['ott_1', 'ott_2']);
    const sessions = createSessions(openStore(() => fakeStorage()));
    const login = createLogin(sessions, async () => api);
    await login.enter(LINK);
    await login.enter({ ...LINK, code: 'ott_2' });
    expect(sessions.get('app_1')).toMatchObject({ session: { token: 'appsk_of_ott_2' } });
  });

  test('does not come back to a session that was logged out', async () => {
    const { api } = fakeApi(['ott_1']);
    const storage = fakeStorage();
    const sessions = createSessions(openStore(() => storage));
    await createLogin(sessions, async () => api).enter(LINK);
    const state = sessions.get('app_1');
    if (state.kind === 'open') sessions.close(state.session, 'loggedOut');
    const reloaded = createLogin(createSessions(openStore(() => storage)), async () => api);
    expect(await reloaded.enter(LINK)).toEqual({ kind: 'refused' });
  });

  test('takes a token of the former form, once the server knows it', async () => {
    const { api } = fakeApi(['appsk_9']);
    const sessions = createSessions(openStore(blockedStorage));
    const login = createLogin(sessions, async () => api);
    expect(await login.enter({ kind: 'token', appId: 'app_1', token: 'appsk_9' })).toEqual(OPEN);
    expect(sessions.get('app_1')).toMatchObject({
      session: { capabilities: ['ViewBase', 'ManageEndpoint'] },
    });
    const other = await login.enter({ kind: 'token', appId: 'app_1', token: 'appsk_8' });
    expect(other).toEqual({ kind: 'refused' });
  });

  test('can be tried again after a fault, but not after a refusal', async () => {
    const { api, asked } = fakeApi(['ott_1']);
    let isDown = true;
    const login = createLogin(createSessions(openStore(blockedStorage)), async () => {
      if (isDown) throw new TypeError('fetch failed');
      return api;
    });
    expect(await login.enter(LINK)).toEqual({ kind: 'problem' });
    isDown = false;
    expect(await login.enter(LINK)).toEqual(OPEN);
    const spent = { ...LINK, code: 'spent' };
    expect(await login.enter(spent)).toEqual({ kind: 'refused' });
    expect(await login.enter(spent)).toEqual({ kind: 'refused' });
    expect(asked).toEqual(['ott_1', 'spent']);
  });
});
