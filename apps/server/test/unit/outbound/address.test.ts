import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { isPublicAddress, parseSubnets } from '../../../src/outbound/address.js';

const anyIpv4 = fc.ipV4();
const hex = (ipv4: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
};
const invert = (ipv4: string): string =>
  ipv4
    .split('.')
    .map((part) => 255 - Number(part))
    .join('.');

/** Ranges whose addresses hold an IPv4 address, which counts as well. */
const HOLD_IPV4 = ['2001::/23', '2002::/16', '64:ff9b::/96'];

describe('blocked unless allowed', () => {
  test.each([
    ['0.0.0.0/8', '0.0.0.0', '0.255.255.255'],
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
    ['100.64.0.0/10', '100.64.0.0', '100.127.255.255'],
    ['127.0.0.0/8', '127.0.0.1', '127.255.255.255'],
    ['169.254.0.0/16', '169.254.169.254', '169.254.255.255'],
    ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
    ['192.0.0.0/24', '192.0.0.0', '192.0.0.192'],
    ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
    ['192.88.99.0/24', '192.88.99.0', '192.88.99.255'],
    ['192.168.0.0/16', '192.168.0.0', '192.168.255.255'],
    ['198.18.0.0/15', '198.18.0.0', '198.19.255.255'],
    ['198.51.100.0/24', '198.51.100.0', '198.51.100.255'],
    ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
    ['224.0.0.0/4', '224.0.0.1', '239.255.255.255'],
    ['240.0.0.0/4', '240.0.0.0', '255.255.255.255'],
    ['168.63.129.16/32', '168.63.129.16', '168.63.129.16'],
    ['::/128', '::', '::'],
    ['::1/128', '::1', '0:0:0:0:0:0:0:1'],
    ['ff00::/8', 'ff00::', 'ff02::1'],
    ['fe80::/10', 'fe80::1', 'febf:ffff::1'],
    ['fec0::/10', 'fec0::1', 'feff::1'],
    ['fc00::/7', 'fc00::1', 'fd00:ec2::254'],
    ['2001:db8::/32', '2001:db8::', '2001:db8:ffff::1'],
    ['3fff::/20', '3fff::1', '3fff:fff::1'],
    ['100::/64', '100::1', '100::ffff'],
    ['2001::/23', '2001::1', '2001:1ff::1'],
    ['2002::/16', '2002::1', '2002:808:808::1'],
    ['64:ff9b::/96', '64:ff9b::1', '64:ff9b::8.8.8.8'],
    ['64:ff9b:1::/48', '64:ff9b:1::1', '64:ff9b:1:ffff::1'],
    ['5f00::/16', '5f00::1', '5f00:ffff::1'],
  ])('%s', (range, low, high) => {
    for (const address of [low, high]) {
      expect(isPublicAddress(address, [])).toBe(false);
      expect(isPublicAddress(address, parseSubnets('198.20.0.0/16, 2a00::/16'))).toBe(false);
    }
    if (!HOLD_IPV4.includes(range)) expect(isPublicAddress(low, parseSubnets(range))).toBe(true);
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
  ])('%s is public', (address) => expect(isPublicAddress(address, [])).toBe(true));

  test.each(['2606:4700::1111', '2a00:1450:4001::1', '2001:200::1', '2001:db7::1', '2000::1', '3ffe::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address, [])).toBe(true),
  );

  test.each(['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '010.8.8.8', '8.8.8', '8.8.8.8/8', ':::'])(
    '"%s" is no address, so not public',
    (text) => expect(isPublicAddress(text, parseSubnets('0.0.0.0/0 ::/0'))).toBe(false),
  );

  test('the zone of an address does not count', () => {
    expect(isPublicAddress('fe80::1%eth0', [])).toBe(false);
    expect(isPublicAddress('fe80::1%eth0', parseSubnets('fe80::/10'))).toBe(true);
  });
});

describe('IPv4 inside IPv6', () => {
  test('mapped addresses are judged as their IPv4 address, however they are written', () => {
    fc.assert(
      fc.property(anyIpv4, (ipv4) => {
        const allow = parseSubnets('10.0.0.0/8');
        const verdict = isPublicAddress(ipv4, allow);
        expect(isPublicAddress(`::ffff:${ipv4}`, allow)).toBe(verdict);
        expect(isPublicAddress(`::ffff:${hex(ipv4)}`, allow)).toBe(verdict);
        expect(isPublicAddress(`0:0:0:0:0:ffff:${hex(ipv4)}`, allow)).toBe(verdict);
      }),
    );
  });

  const FORMS: [name: string, range: string, write: (ipv4: string) => string][] = [
    ['compatible', '::/96', (ipv4) => `::${hex(ipv4)}`],
    ['NAT64', '64:ff9b::/96', (ipv4) => `64:ff9b::${hex(ipv4)}`],
    ['6to4', '2002::/16', (ipv4) => `2002:${hex(ipv4)}::1`],
    ['Teredo', '2001::/32', (ipv4) => `2001:0:1:2:3:4:${hex(invert(ipv4))}`],
  ];

  test.each(FORMS)('%s is blocked as a range', (_name, _range, write) => {
    fc.assert(
      fc.property(anyIpv4, (ipv4) => {
        expect(isPublicAddress(write(ipv4), [])).toBe(false);
        expect(isPublicAddress(write(ipv4), parseSubnets(`${ipv4}/32`))).toBe(false);
      }),
    );
  });

  test.each(FORMS)(
    'an opened %s range still needs a permitted IPv4 address inside',
    (_name, range, write) => {
      expect(isPublicAddress(write('8.8.8.8'), parseSubnets(range))).toBe(true);
      expect(isPublicAddress(write('169.254.169.254'), parseSubnets(range))).toBe(false);
      expect(isPublicAddress(write('10.1.2.3'), parseSubnets(range))).toBe(false);
      expect(isPublicAddress(write('10.1.2.3'), parseSubnets(`${range}, 10.0.0.0/8`))).toBe(true);
    },
  );
});

test('no IPv6 address outside 2000::/3 is public, save mapped ones', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      fc.pre(ipaddr.IPv6.isValid(text));
      const address = ipaddr.IPv6.parse(text);
      fc.pre(!address.isIPv4MappedAddress() && (address.parts[0] ?? 0) >> 13 !== 1);
      expect(isPublicAddress(text, [])).toBe(false);
    }),
  );
});

describe('parseSubnets', () => {
  test('an address is allowed by the ranges that hold it, and by no others', () => {
    fc.assert(
      fc.property(anyIpv4, fc.integer({ min: 0, max: 32 }), anyIpv4, (base, prefix, other) => {
        const [range] = parseSubnets(`${base}/${prefix}`);
        const inside = ipaddr.IPv4.parse(other).match(ipaddr.IPv4.parse(base), prefix);
        expect(isPublicAddress(other, range ? [range] : [])).toBe(inside || isPublicAddress(other, []));
      }),
    );
  });

  test('reads commas, white space, single addresses and mapped ranges', () => {
    expect(parseSubnets('')).toEqual([]);
    expect(parseSubnets(' , ')).toEqual([]);
    const allow = parseSubnets('127.0.0.1, 10.9.8.7/8\n::1 ::ffff:192.168.0.0/112');
    expect(allow).toHaveLength(4);
    const allowed = (address: string) => isPublicAddress(address, allow);
    expect(['127.0.0.1', '10.200.0.1', '::1', '192.168.9.9'].every(allowed)).toBe(true);
    expect(['127.0.0.2', '11.0.0.1'].map(allowed)).toEqual([false, true]);
    expect(allowed('192.169.0.1')).toBe(true);
    expect(allowed('::2')).toBe(false);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    'fd00::/-1',
    '10.0.0.0/8/8',
    'backend',
    '10.0.0.0/',
    '010.0.0.0/8',
  ])('refuses "%s" by name', (entry) =>
    expect(() => parseSubnets(`127.0.0.1/32,${entry}`)).toThrow(`"${entry}" is not an IP range`),
  );
});
