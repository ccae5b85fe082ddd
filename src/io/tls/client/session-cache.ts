// TLS sessions that can be gone on with (RFC 8446 §2.2): a connection that is made again to the same
// host needs no second look at its certificate.

import type { SecureContext } from "node:tls";
import type { Doubt } from "./doubt.ts";

interface KnownSession {
  readonly ticket: Buffer;
  readonly seen: Seen;
}

/** What a host showed in the handshake that began the session; it does not show it again. */
export interface Seen {
  /** What is wrong with its certificate. */
  readonly doubt: Doubt | undefined;
  /** What binds a login to its certificate (RFC 5929 §4.1). */
  readonly endPoint: Uint8Array | undefined;
}

export interface SessionCache {
  find(authorities: SecureContext, key: string): KnownSession | undefined;
  keep(authorities: SecureContext, key: string, session: KnownSession): void;
  drop(authorities: SecureContext, key: string): void;
}

/** Hosts whose sessions are kept. */
const mostHosts = 1_000;
/** Milliseconds after which the certificate is looked at again: it may have expired since. */
const lifetime = 3_600_000;

interface Entry extends KnownSession {
  readonly until: number;
}

/** @param elapsed monotonic milliseconds. */
export function createSessionCache(elapsed: () => number): SessionCache {
  // With other authorities nothing that was verified before counts.
  const caches = new WeakMap<SecureContext, Map<string, Entry>>();

  function cacheOf(authorities: SecureContext): Map<string, Entry> {
    let cache = caches.get(authorities);
    if (cache === undefined) {
      cache = new Map();
      caches.set(authorities, cache);
    }
    return cache;
  }

  return {
    find(authorities, key) {
      const entry = caches.get(authorities)?.get(key);
      return entry !== undefined && entry.until > elapsed() ? entry : undefined;
    },
    keep(authorities, key, session) {
      const cache = cacheOf(authorities);
      // The lifetime counts from the look at the certificate, not from the last ticket.
      const until = cache.get(key)?.until ?? 0;
      const isLive = until > elapsed();
      cache.delete(key);
      cache.set(key, { ...session, until: isLive ? until : elapsed() + lifetime });
      const [oldest] = cache.keys();
      if (cache.size > mostHosts && oldest !== undefined) cache.delete(oldest);
    },
    drop(authorities, key) {
      caches.get(authorities)?.delete(key);
    },
  };
}
