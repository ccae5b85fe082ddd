// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. Everything asks the current one, so that a new configuration holds from the next
// command on, in connections that are open as well.

import { hostname as systemHostname, networkInterfaces } from "node:os";
import type { Settings } from "../../core/config/settings.ts";
import { formatIp, parseIp } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import type { Store } from "../../io/store/store.ts";
import { createDirectory, type Directory } from "../../server/directory/directory.ts";
import type { Log } from "../../server/log.ts";
import { type Authorize, createAuthorize } from "../../server/smtpd/authorize.ts";
import type { FactSources } from "../../server/smtpd/facts.ts";
import { withoutGrants } from "../../server/smtpd/without-grants.ts";

export interface Policy {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly authorize: Authorize;
  /** For clients of whom the address says nothing, because it is a proxy's. */
  readonly authorizeStranger: Authorize;
  readonly session: SessionSettings;
  readonly resolver: Resolver;
  readonly ourselves: Ourselves;
}

/** What mail must not be sent to, lest it come back. */
interface Ourselves {
  readonly ownNames: ReadonlySet<string>;
  readonly ownAddresses: ReadonlySet<string>;
}

export async function createPolicy(
  settings: Settings,
  store: Store,
  log: Log,
  elapsed: () => number,
): Promise<Policy> {
  const directory = await createDirectory(settings, {
    hasAccount: async (key) => (await store.accounts.find(key)) !== undefined,
    addedDomains: async () => (await store.domains.list()).map(({ name }) => name),
  });
  const { limits, hostname } = settings;
  const sources: FactSources = {
    access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
    blocklist: () => known({ listed: false }),
    limit: () => known(undefined),
    recipient: ({ recipient }) => directory.classify(recipient),
    grant: () => known({ kind: "none" }),
  };
  return {
    settings,
    directory,
    authorize: createAuthorize({ rules: settings.relay, sources, log }),
    authorizeStranger: createAuthorize({
      rules: { networks: [] },
      sources: withoutGrants(sources),
      log,
    }),
    session: {
      hostname,
      maxMessageSize: limits.messageSize,
      maxRecipients: limits.recipients,
      maxErrors: limits.errors,
      maxIdleCommands: limits.idleCommands,
    },
    resolver: createResolver({
      servers: settings.dns.servers,
      now: elapsed,
      timeout: 5_000,
      tries: 3,
      concurrency: 100,
    }),
    ourselves: findOurselves(settings),
  };
}

/** A listener on all addresses is at each address of this machine. */
function findOurselves({ hostname, listeners }: Settings): Ourselves {
  const listen = listeners.flatMap((listener) => listener.listen);
  const addresses = listen.flatMap(({ host }) => {
    const version = { "0.0.0.0": "IPv4", "::": "IPv6" }[host];
    return version === undefined ? [host] : machineAddresses(version);
  });
  return {
    ownNames: new Set([hostname, systemHostname().toLowerCase()]),
    ownAddresses: new Set(addresses.map(canonical)),
  };
}

function machineAddresses(family: string): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter((address) => address.family === family)
    .map(({ address }) => address);
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
