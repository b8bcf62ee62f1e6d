import { type LookupAddress, lookup as lookupInSystem } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type Cidr, isPublicAddress } from './address.js';

/** No address that a host has may be called (server-side request forgery). Says nothing of the addresses themselves. */
export class BlockedAddressError extends Error {
  constructor() {
    super('requests to this IP range are blocked (see the server configuration)');
    this.name = 'BlockedAddressError';
  }
}

type ResolveCallback = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

/** Finds all addresses of a host name and calls back once, later. */
export type Resolve = (hostname: string, callback: ResolveCallback) => void;

/** What the guard allows and how long a connection may take to open. */
export interface GuardOptions {
  /** Ranges that may be reached although they are not public. */
  readonly allowSubnets: readonly Cidr[];
  /** Milliseconds until an unfinished connection (TLS included) is given up. */
  readonly connectTimeoutMs: number;
  /** Default: the operating system's resolver, which knows /etc/hosts. */
  readonly resolve?: Resolve;
}

/**
 * Opens connections for undici, and only to permitted addresses. The check sits inside the connection: what was checked is
 * what is connected, so a name that resolves differently the second time (DNS rebinding) gains nothing. IPv4 is tried first.
 *
 * The connection fails with BlockedAddressError when the host has no permitted address.
 */
export function createGuardedConnector(options: GuardOptions): buildConnector.connector {
  const { allowSubnets, connectTimeoutMs, resolve = resolveInSystem } = options;
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: createCheckedLookup(allowSubnets, shareLookups(resolve)),
    autoSelectFamily: true,
    // Node's 250 ms would give up on a far receiver before it can answer when its name has a second address.
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(3000, Math.ceil(connectTimeoutMs / 3))),
  });
  return (target, callback) => {
    const isLiteral = isIP(target.hostname) !== 0;
    // Node asks no lookup about literal addresses. Odd spellings of them (0x7f.1, 2130706433) never come here: the URL
    // parser has rewritten them.
    if (isLiteral && !isPublicAddress(target.hostname, allowSubnets)) {
      queueMicrotask(() => callback(new BlockedAddressError(), null));
      return;
    }
    // The certificate must fit the URL's host; undici would take the name from a custom Host header.
    connect({ ...target, servername: isLiteral ? '' : target.hostname }, callback);
  };
}

function createCheckedLookup(allow: readonly Cidr[], resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error) return callback(error, []);
      const permitted = addresses.filter(({ address }) => isPublicAddress(address, allow));
      const [first, ...others] = permitted.sort((a, b) => a.family - b.family);
      if (!first) callback(new BlockedAddressError(), []);
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}

const resolveInSystem: Resolve = (hostname, callback) => lookupInSystem(hostname, { all: true }, callback);

/**
 * One question at a time for each host name, its answer for all who asked meanwhile. The system's resolver works in four
 * threads: a burst of connections to one host, or one host whose name servers are dead, would hold them all.
 */
function shareLookups(resolve: Resolve): Resolve {
  const waiting = new Map<string, ResolveCallback[]>();
  return (hostname, callback) => {
    const others = waiting.get(hostname);
    if (others) {
      others.push(callback);
      return;
    }
    const callbacks = [callback];
    waiting.set(hostname, callbacks);
    resolve(hostname, (error, addresses) => {
      waiting.delete(hostname);
      for (const answer of callbacks) answer(error, addresses);
    });
  };
}
