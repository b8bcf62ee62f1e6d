import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A range of addresses. Made by `parseSubnets`, compiled for quick comparison. */
export type Cidr =
  | { readonly family: 4; readonly base: number; readonly mask: number }
  | { readonly family: 6; readonly base: ipaddr.IPv6; readonly prefix: number };

/**
 * Reads a list of IP ranges, separated by commas or white space: `10.0.0.0/8, fd00::/8`. An address alone is a range of
 * one; an IPv4-mapped IPv6 range is the IPv4 range in it; an empty list is no ranges.
 *
 * @throws Error naming the entry that is not a range
 */
export function parseSubnets(list: string): Cidr[] {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseSubnet);
}

function parseSubnet(entry: string): Cidr {
  const [address = '', length, ...rest] = entry.split('/');
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(length ?? '0') || prefix > bits) {
    throw new Error(`"${entry}" is not an IP range such as 10.0.0.0/8 or fd00::/8`);
  }
  if (family === 4) return ipv4Range(ipv4Number(address), prefix);
  const base = ipaddr.IPv6.parse(address);
  return base.isIPv4MappedAddress() && prefix >= 96
    ? ipv4Range(lastIpv4(base.parts), prefix - 96)
    : { family: 6, base, prefix };
}

function ipv4Range(address: number, prefix: number): Cidr {
  // A shift by 32 is a shift by 0 in JavaScript, so the empty prefix needs its own mask.
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return { family: 4, base: (address & mask) >>> 0, mask };
}

/** Not reachable from the internet, or not meant to be (spec: wire behaviour, section 7.3; IANA special registries). */
const BLOCKED_IPV4 = parseSubnets(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
  168.63.129.16/32
`); // The last one is the host agent of Azure, which looks public and is not.

/** Everything outside 2000::/3 (so ::1, fc00::/7, fe80::/10, ff00::/8, 64:ff9b::/96 and more), and what is special in it. */
const BLOCKED_IPV6 = parseSubnets('::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20');

/**
 * May a delivery go to this address? Yes for public addresses and for those in `allow`, no for all others and for a text
 * that is not an address.
 *
 * An IPv4-mapped address (`::ffff:10.0.0.1`) is judged as the IPv4 address. The other ways to write IPv4 inside IPv6
 * (compatible, NAT64, 6to4, Teredo) are blocked as ranges, and where `allow` opens the range, the IPv4 address inside must
 * be permitted as well: opening NAT64 does not open the private network behind it.
 */
export function isPublicAddress(ip: string, allow: readonly Cidr[]): boolean {
  const address = ip.split('%', 1)[0] ?? ''; // without zone
  switch (isIP(address)) {
    case 4:
      return isPermittedIpv4(ipv4Number(address), allow);
    case 6:
      return ipaddr.IPv6.isValid(address) && isPermittedIpv6(ipaddr.IPv6.parse(address), allow);
    default:
      return false;
  }
}

const isPermittedIpv4 = (address: number, allow: readonly Cidr[]): boolean =>
  allow.some((range) => holdsIpv4(range, address)) ||
  !BLOCKED_IPV4.some((range) => holdsIpv4(range, address));

function isPermittedIpv6(address: ipaddr.IPv6, allow: readonly Cidr[]): boolean {
  if (address.isIPv4MappedAddress()) return isPermittedIpv4(lastIpv4(address.parts), allow);
  if (!allow.some((range) => holdsIpv6(range, address))) {
    return !BLOCKED_IPV6.some((range) => holdsIpv6(range, address));
  }
  const inner = embeddedIpv4(address.parts);
  return inner === undefined || isPermittedIpv4(inner, allow);
}

const holdsIpv4 = (range: Cidr, address: number): boolean =>
  range.family === 4 && (address & range.mask) >>> 0 === range.base;

const holdsIpv6 = (range: Cidr, address: ipaddr.IPv6): boolean =>
  range.family === 6 && address.match(range.base, range.prefix);

/** The IPv4 address that a transition mechanism hides in an IPv6 address, given as its eight groups. */
function embeddedIpv4(groups: readonly number[]): number | undefined {
  const [first, second, third = 0] = groups;
  if (first === 0x2002) return joinIpv4(second ?? 0, third); // 6to4, RFC 3056
  if (first === 0x2001 && second === 0) return ~lastIpv4(groups) >>> 0; // Teredo, RFC 4380: stored inverted
  const middleIsZero = groups.slice(2, 6).every((group) => group === 0);
  if (first === 0x64 && second === 0xff9b && middleIsZero) return lastIpv4(groups); // NAT64, RFC 6052
  // IPv4-compatible, RFC 4291; :: and ::1 are addresses of their own.
  const isCompatible = first === 0 && second === 0 && middleIsZero && lastIpv4(groups) > 1;
  return isCompatible ? lastIpv4(groups) : undefined;
}

function joinIpv4(high: number, low: number): number {
  return ((high << 16) | low) >>> 0;
}

function lastIpv4(groups: readonly number[]): number {
  return joinIpv4(groups[6] ?? 0, groups[7] ?? 0);
}

/** The address as an unsigned number; `address` is in the strict four-part form that `isIP` demands. */
function ipv4Number(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
