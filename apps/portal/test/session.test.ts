import { ALL_CAPABILITIES } from '@postrider/contract';
import { describe, expect, test } from 'vitest';
import { createSessions, type Session } from '../src/app/session';
import { openStore } from '../src/lib/storage';
import { blockedStorage, fakeStorage } from './fake-storage';

const SESSION: Session = {
  appId: 'app_1',
  token: 'appsk_1',
  capabilities: ALL_CAPABILITIES,
  code: 'ott_1',
};

/** Sessions as they are after a reload of the page. */
const reopen = (storage: Storage) => createSessions(openStore(() => storage));

describe('a session', () => {
  test('outlives a reload', () => {
    const storage = fakeStorage();
    reopen(storage).open(SESSION);
    expect(reopen(storage).get('app_1')).toEqual({ kind: 'open', session: SESSION });
    expect(reopen(storage).get('app_2')).toEqual({ kind: 'absent' });
  });

  test.each(['ended', 'loggedOut'] as const)('that is %s stays so, and its token is gone', (ending) => {
    const storage = fakeStorage();
    const sessions = reopen(storage);
    sessions.open(SESSION);
    sessions.close(SESSION, ending);
    expect(sessions.get('app_1')).toEqual({ kind: ending });
    expect(reopen(storage).get('app_1')).toEqual({ kind: ending });
    expect(storage.getItem('postrider.session.app_1')).not.toContain('appsk_1');
  });

  test('is not ended by the late answer to an earlier one', () => {
    const sessions = reopen(fakeStorage());
    const newer = { ...SESSION, token: 'appsk_2' };
    sessions.open(SESSION);
    sessions.open(newer);
    sessions.close(SESSION, 'ended');
    expect(sessions.get('app_1')).toEqual({ kind: 'open', session: newer });
  });

  test('tells who listens, and is the same value until it changes', () => {
    const sessions = reopen(fakeStorage());
    const seen: string[] = [];
    const stop = sessions.subscribe(() => seen.push(sessions.get('app_1').kind));
    expect(sessions.get('app_1')).toBe(sessions.get('app_1'));
    sessions.open(SESSION);
    expect(sessions.get('app_1')).toBe(sessions.get('app_1'));
    sessions.close(SESSION, 'loggedOut');
    stop();
    sessions.open(SESSION);
    expect(seen).toEqual(['open', 'loggedOut']);
  });

  test('lives in memory where storage is blocked', () => {
    const sessions = createSessions(openStore(blockedStorage));
    sessions.open(SESSION);
    expect(sessions.get('app_1')).toEqual({ kind: 'open', session: SESSION });
    sessions.close(SESSION, 'ended');
    expect(sessions.get('app_1')).toEqual({ kind: 'ended' });
  });

  test.each([
    'no JSON',
    'null',
    '"open"',
    '{"kind":"open"}',
    '{"kind":"open","session":null}',
    '{"kind":"open","session":{"appId":"app_2","token":"appsk_1"}}',
    '{"kind":"open","session":{"appId":"app_1"}}',
  ])('is absent where the storage holds %s', (text) => {
    const storage = fakeStorage();
    storage.setItem('postrider.session.app_1', text);
    expect(reopen(storage).get('app_1')).toEqual({ kind: 'absent' });
  });
});

describe('a store', () => {
  test('keeps what a full storage does not take', () => {
    const storage = fakeStorage();
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const store = openStore(() => storage);
    store.write('key', { value: 1 });
    expect(store.read('key')).toEqual({ value: 1 });
    store.remove('key');
    expect(store.read('key')).toBeUndefined();
  });
});
