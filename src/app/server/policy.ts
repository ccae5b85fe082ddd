// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. Everything asks the current one, so that a new configuration holds from the next
// command on, in connections that are open as well.

import { hostname as systemHostname, networkInterfaces } from "node:os";
import type { Settings } from "../../core/config/settings.ts";
import { formatIp, type IpAddress, parseIp, prefixContains } from "../../core/mail/ip.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import type { BlocklistVerdict, RelayRole } from "../../core/policy/request.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import type { Store } from "../../io/store/store.ts";
import type { Blocklists } from "../../server/blocklists/blocklists.ts";
import { createDirectory, type Directory } from "../../server/directory/directory.ts";
import type { Log } from "../../server/log.ts";
import { type Authorize, createAuthorize } from "../../server/smtpd/authorize.ts";
import type { BlocklistInquiry, FactSources } from "../../server/smtpd/facts.ts";

export interface Policy {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly authorize: Authorize;
  /** Asks the blocklists about a client that has just connected; undefined where none concerns it. */
  readonly inquire: Inquire;
  readonly session: SessionSettings;
  readonly resolver: Resolver;
  readonly ourselves: Ourselves;
}

/** What mail must not be sent to, lest it come back. */
interface Ourselves {
  readonly ownNames: ReadonlySet<string>;
  readonly ownAddresses: ReadonlySet<string>;
}

type Inquire = (role: RelayRole, client: IpAddress) => BlocklistInquiry | undefined;

export interface PolicyOptions {
  readonly settings: Settings;
  readonly store: Store;
  /** Those in place at the moment; absent where the configuration names none. */
  readonly blocklists: { readonly current: Blocklists | undefined };
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

export async function createPolicy(options: PolicyOptions): Promise<Policy> {
  const { settings, store, blocklists, log, elapsed } = options;
  const directory = await createDirectory(settings, {
    hasAccount: async (key) => (await store.accounts.find(key)) !== undefined,
    addedDomains: async () => (await store.domains.list()).map(({ name }) => name),
  });
  const { limits, hostname } = settings;
  const inquire = inquirer(blocklists, settings);
  return {
    settings,
    directory,
    authorize: createAuthorize({
      rules: settings.relay,
      sources: {
        access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
        blocklist: blocklistSource(inquire),
        limit: () => known(undefined),
        recipient: ({ recipient }) => directory.classify(recipient),
        grant: () => known({ kind: "none" }),
      },
      log,
    }),
    inquire,
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

/** Blocklists are for strangers on MX listeners. */
function inquirer(
  blocklists: PolicyOptions["blocklists"],
  { relay: { networks } }: Settings,
): Inquire {
  return (role, client) => {
    const { current } = blocklists;
    if (current === undefined || role !== "mx") return undefined;
    if (networks.some(({ prefix }) => prefixContains(prefix, client))) return undefined;
    return current.inquire(client);
  };
}

const notListed: Fact<BlocklistVerdict> = known({ listed: false });

/** Whoever explains a decision has no session that has begun to ask. */
function blocklistSource(inquire: Inquire): FactSources["blocklist"] {
  return ({ inquiry, role, client, login }) => {
    if (login !== undefined) return notListed;
    return (inquiry ?? inquire(role, client))?.verdict() ?? notListed;
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
