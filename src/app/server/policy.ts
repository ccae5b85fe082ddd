// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. Everything asks the current one, so that a new configuration holds from the next
// command on, in connections that are open as well.

import type { ListenerSettings, Settings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import type { BlocklistVerdict } from "../../core/policy/request.ts";
import { findNetwork } from "../../core/policy/trusted.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import type { Store } from "../../io/store/store.ts";
import type { Blocklists } from "../../server/blocklists/blocklists.ts";
import { createDirectory, type Directory } from "../../server/directory/directory.ts";
import type { Deciding } from "../../server/admin/decision-operations.ts";
import type { FactSources } from "../../server/smtpd/facts.ts";
import type { ReportOptions } from "../../server/smtpd/report.ts";
import {
  createSendingLimits,
  type SendingBreaker,
  type SendingLimits,
} from "../../server/smtpd/sending-limits.ts";
import {
  createSessionPolicies,
  type Inquire,
  type SessionPolicy,
} from "../../server/smtpd/session-policy.ts";
import { findOurselves, type Ourselves } from "./ourselves.ts";

export interface Policy extends Deciding {
  readonly settings: Settings;
  readonly directory: Directory;
  /** What holds for a client that has just connected, to the end of its session. */
  readonly sessionFor: (listener: ListenerSettings, client: IpAddress) => SessionPolicy;
  /** The next policy goes on counting from here. */
  readonly limits: SendingLimits;
  readonly resolver: Resolver;
  readonly ourselves: Ourselves;
}

export interface PolicyParts extends Pick<ReportOptions, "log" | "keep"> {
  readonly store: Store;
  /** Those in place at the moment; absent where the configuration names none. */
  readonly blocklists: { readonly current: Blocklists | undefined };
  /** Absent where nobody can be logged in: in a command. */
  readonly breaker?: SendingBreaker;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** @param before the policy that this one follows, whose counting goes on. */
export async function createPolicy(
  settings: Settings,
  { store, blocklists, log, keep, breaker, elapsed }: PolicyParts,
  before?: Policy,
): Promise<Policy> {
  const directory = await createDirectory(settings, {
    hasAccount: async (key) => (await store.accounts.find(key)) !== undefined,
    addedDomains: async () => (await store.domains.list()).map(({ name }) => name),
  });
  const { relay: rules } = settings;
  const isTrusted = (client: IpAddress) => findNetwork(rules.networks, client) !== undefined;
  const inquire = inquirer(blocklists, isTrusted);
  const { rates } = settings.limits;
  const limits = createSendingLimits({ rates, isTrusted, elapsed, breaker }, before?.limits);
  const sources: FactSources = {
    access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
    blocklist: blocklistSource(inquire),
    recipient: ({ recipient }) => directory.classify(recipient),
    grant: () => known({ kind: "none" }),
    limit: (standing) => known(limits.reached(limits.countsAgainst(standing))),
  };
  return {
    settings,
    directory,
    rules,
    sources,
    sessionFor: createSessionPolicies({
      session: sessionSettings(settings),
      rules,
      sources,
      limits,
      isTrusted,
      inquire,
      log,
      keep,
    }),
    limits,
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

function sessionSettings({ hostname, limits }: Settings): SessionSettings {
  return {
    hostname,
    maxMessageSize: limits.messageSize,
    maxRecipients: limits.recipients,
    maxErrors: limits.errors,
    maxIdleCommands: limits.idleCommands,
    maxRefusedRecipients: limits.refusedRecipients,
  };
}

/** Blocklists are for strangers on MX listeners. */
function inquirer(
  blocklists: PolicyParts["blocklists"],
  isTrusted: (client: IpAddress) => boolean,
): Inquire {
  return (role, client) => {
    const { current } = blocklists;
    if (current === undefined || role !== "mx" || isTrusted(client)) return undefined;
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
