import { describe, expect, test } from 'vitest';
import { keepParameters, loadParameters, parseParameters } from '../src/app/parameters';
import { resolveScheme } from '../src/app/theme/scheme';
import { openStore } from '../src/lib/storage';
import { fakeStorage } from './fake-storage';

describe('darkMode', () => {
  test.each([
    ['', 'light'],
    ['darkMode=false', 'light'],
    ['darkMode=true', 'dark'],
    ['darkMode=auto', 'auto'],
    ['darkMode=TRUE', 'light'],
    ['darkMode=false&darkMode=true', 'dark'],
    ['darkMode=true&primaryColor=ff8800&darkMode=auto', 'auto'],
    ['darkMode=true&darkMode=false', 'light'],
    ['darkMode=true&darkMode=maybe', 'dark'],
  ])('of %j is %s: the last one counts', (search, scheme) => {
    expect(parseParameters(search).darkMode).toBe(scheme);
  });

  test('auto follows the device', () => {
    const input = { parameter: 'auto', chosen: undefined, isFramed: false } as const;
    expect(resolveScheme({ ...input, deviceIsDark: true })).toBe('dark');
    expect(resolveScheme({ ...input, deviceIsDark: false })).toBe('light');
  });

  test("yields to the reader's switch, but not inside a frame", () => {
    const input = { parameter: 'light', chosen: 'dark', deviceIsDark: false } as const;
    expect(resolveScheme({ ...input, isFramed: false })).toBe('dark');
    expect(resolveScheme({ ...input, isFramed: true })).toBe('light');
  });
});

describe('colours', () => {
  test('primaryColor is for both schemes', () => {
    expect(parseParameters('primaryColor=%23FF8800').brand).toEqual({ light: '#ff8800', dark: '#ff8800' });
  });

  test('the one of a scheme wins over primaryColor, wherever it stands', () => {
    const { brand } = parseParameters('primaryColorDark=111111&primaryColor=ff8800');
    expect(brand).toEqual({ light: '#ff8800', dark: '#111111' });
  });

  test('what is no colour is ignored', () => {
    const { brand } = parseParameters('primaryColor=ff8800&primaryColor=red;}body{display:none');
    expect(brand).toEqual({ light: '#ff8800', dark: '#ff8800' });
    expect(parseParameters('primaryColorLight=red').brand.light).toBeUndefined();
  });
});

describe('icon', () => {
  test.each([
    ['https://example.com/logo.svg?x=1', 'https://example.com/logo.svg?x=1'],
    ['data:image/png;base64,iVBOR+w0/=', 'data:image/png;base64,iVBOR+w0/='],
    ['data:image/svg+xml,<svg width="1"/>', 'data:image/svg+xml,<svg width="1"/>'],
  ])('may be %s', (icon, expected) => {
    expect(parseParameters(new URLSearchParams({ icon }).toString()).icon).toBe(expected);
  });

  test('may be base64 with a plus that nobody escaped', () => {
    expect(parseParameters('icon=data:image/png;base64,iVB+w0').icon).toBe('data:image/png;base64,iVB+w0');
  });

  test.each([
    'http://example.com/logo.svg',
    '//example.com/logo.svg',
    'logo.svg',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/png',
  ])('may not be %s', (icon) => {
    expect(parseParameters(new URLSearchParams({ icon }).toString()).icon).toBeUndefined();
  });
});

describe('fontFamily', () => {
  test.each(['Roboto', 'roboto', 'Open Sans', 'Open+Sans', '"Inter"'])('knows %s', (name) => {
    const font = parseParameters(new URLSearchParams({ fontFamily: name }).toString()).fontFamily;
    expect(font).toMatch(/^"(Roboto|Open Sans|Inter)", .*sans-serif$/);
  });

  test.each(['Comic Sans MS', 'Roboto; } body { display: none', 'Roboto, url(x)', ''])(
    'does not know %j',
    (name) => {
      const search = new URLSearchParams({ fontFamily: name }).toString();
      expect(parseParameters(search).fontFamily).toBeUndefined();
    },
  );
});

test('flags are true only when they say so', () => {
  expect(parseParameters('noGutters=true&hideNavigation=true')).toMatchObject({
    noGutters: true,
    hideNavigation: true,
  });
  expect(parseParameters('noGutters=1&hideNavigation=false')).toMatchObject({
    noGutters: false,
    hideNavigation: false,
  });
});

describe('over the life of a tab', () => {
  const link = { search: '?darkMode=true&primaryColor=ff8800&unknown=1', hash: '#key=e30' };
  const later = { search: '', hash: '' };

  test('a reload keeps them, and takes what its own address says', () => {
    const store = openStore(() => fakeStorage());
    keepParameters(link, store);
    expect(loadParameters(later, store)).toMatchObject({ darkMode: 'dark', brand: { light: '#ff8800' } });
    const address = { search: '?darkMode=false', hash: '' };
    expect(loadParameters(address, store)).toMatchObject({ darkMode: 'light', brand: { light: '#ff8800' } });
  });

  test('a new link starts afresh', () => {
    const store = openStore(() => fakeStorage());
    keepParameters(link, store);
    expect(loadParameters({ search: '', hash: '#key=e30' }, store)).toEqual(parseParameters(''));
  });

  test('only what is known is kept', () => {
    const storage = fakeStorage();
    keepParameters(
      link,
      openStore(() => storage),
    );
    expect(storage.getItem('postrider.parameters')).not.toContain('unknown');
  });

  test('what is kept is checked again', () => {
    const storage = fakeStorage();
    storage.setItem('postrider.parameters', JSON.stringify({ darkMode: 'true' }));
    expect(
      loadParameters(
        later,
        openStore(() => storage),
      ).darkMode,
    ).toBe('light');
  });
});
