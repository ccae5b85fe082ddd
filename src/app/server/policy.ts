// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. Everything asks the current one, so that a new configuration holds from the next
// command on, in connections that are open as well.

import type { Settings } from "../../core/config/settings.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known } from "../../core/policy/fact.ts";
import type { BlocklistVerdict } from "../../core/policy/request.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { parseAddress } from "../../core/mail/address.ts";
import { findNetwork } from "../../core/policy/trusted.ts";
import type { Srs } from "../../core/srs/srs.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import type { QuestionCounts } from "../../io/dns/ask.ts";
import { createQuestions } from "../../io/dns/questions.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import {
  createValidatedResolver,
  type ValidatedResolver,
} from "../../io/dns/validated/resolver.ts";
import { trustedServers } from "../../io/dns/validated/trust.ts";
import type { Store } from "../../io/store/store.ts";
import type { Blocklists } from "../../server/blocklists/blocklists.ts";
import {
  createDirectory,
  type Directory,
  type DirectorySource,
} from "../../server/directory/directory.ts";
import { openReturnPaths } from "../../server/forwards/return-paths.ts";
import type { SigningKeys } from "../../server/dkim/signing-keys.ts";
import type { Deciding } from "../../server/admin/decision-operations.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { createClientAccess } from "../../server/smtpd/client-access.ts";
import type { FactSources } from "../../server/smtpd/facts.ts";
import type { ReportOptions } from "../../server/smtpd/report.ts";
import {
  createSendingLimits,
  type SendingBreaker,
  type SendingLimits,
} from "../../server/smtpd/sending-limits.ts";
import type { Inquire, SessionPolicyOptions } from "../../server/smtpd/session-policy.ts";
import type { KnownRecipients } from "../../server/recipients/known-recipients.ts";
import { createRelayedRecipients } from "../../server/recipients/relayed-recipients.ts";
import { openAddressRules } from "./address-rules.ts";
import { createInspections } from "./inspections.ts";
import { openRecipientLists } from "./recipient-lists.ts";
import { grantSources, type Roaming } from "./roaming.ts";
import { findOurselves, type Ourselves } from "./ourselves.ts";

export interface Policy extends Deciding {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly srs: Srs;
  /** What sessions are judged by, but for what logs them in. */
  readonly forSessions: Omit<SessionPolicyOptions, "certificates" | "logins" | "now">;
  /** The next policy goes on counting from here. */
  readonly limits: SendingLimits;
  readonly resolver: Resolver;
  /** Tells of signatures; absent where nobody asks for them, or nobody is believed. */
  readonly validated?: ValidatedResolver;
  readonly ourselves: Ourselves;
  /** Those that hold at the moment. */
  readonly addressRules: () => AddressRules;
  /** Gives up what it looks up and what it watches. */
  close(): void;
}

export interface PolicyParts extends Pick<ReportOptions, "log" | "keep"> {
  readonly store: Store;
  /** Those in place at the moment; absent where the configuration names none. */
  readonly blocklists: { readonly current: Blocklists | undefined };
  readonly roaming: Pick<Roaming, "grants" | "inquiries">;
  /** Who asks other hosts for their recipients; absent where nobody does: in a command. */
  readonly recipients?: Pick<KnownRecipients, "find">;
  /** Rejects where the address rules must not be served. */
  readonly approve: (settings: Settings, rules: AddressRules) => Promise<void>;
  /** Where questions to the DNS are counted; absent: nowhere. */
  readonly dnsCounts?: Counters["dns"];
  /** Absent where nobody can send: in a command. */
  readonly signing?: { readonly keys: SigningKeys; readonly now: () => number };
  /** Absent where nobody can be logged in: in a command. */
  readonly breaker?: SendingBreaker;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Draws a number from 0 to below 1. */
  readonly random: () => number;
}

/** Refused logins that end a session: whoever mistypes gets a few more, whoever guesses has to come back. */
const maxRefusedLogins = 5;

/** @param before the policy that this one follows, whose counting goes on. */
export async function createPolicy(
  settings: Settings,
  parts: PolicyParts,
  before?: Policy,
): Promise<Policy> {
  const { store, blocklists, roaming, recipients, signing, breaker } = parts;
  const { log, keep, approve, now, elapsed, random } = parts;
  const recipientLists = await openRecipientLists(settings.domains, log);
  const source: DirectorySource = {
    holderOf: (keys) => store.addresses.holderOf(keys),
    admits: (forward, sender) => store.forwards.admits(forward, sender),
    maySendAs: (account, keys) => store.addresses.maySendAs(account, keys),
    addedDomains: () => store.domains.list(),
    relayed: createRelayedRecipients({
      list: (...named) => recipientLists.find(...named),
      asked: recipients,
    }),
  };
  const srs = before?.srs ?? (await openReturnPaths(store.secrets));
  const directory = await createDirectory(settings, source, { srs, now });
  const isOurs = (name: Domain) => directory.domain(name) !== undefined;
  const addressRules = await openAddressRules(settings.relay.rules, {
    log,
    approve: (found) => approve(settings, found),
  });
  const { relay: rules } = settings;
  const isTrusted = (client: IpAddress) => findNetwork(rules.networks, client) !== undefined;
  const inquire = inquirer(blocklists, isTrusted);
  const { rates } = settings.limits;
  const limits = createSendingLimits({ rates, isTrusted, elapsed, breaker }, before?.limits);
  const dns = { servers: settings.dns.servers, now: elapsed, concurrency: 100 };
  const { dnsCounts } = parts;
  const counted = (whose: keyof Counters["dns"]) => dnsCounts && { counts: dnsCounts[whose] };
  const resolver = createResolver({ ...dns, ...counted("delivery"), timeout: 5_000, tries: 3 });
  const validated = createValidated(settings, elapsed, dnsCounts?.delivery);
  // Of its own: strangers whose names are slow to find do not keep mail from going out.
  const clientNames = createResolver({ ...dns, ...counted("clients"), timeout: 2_500, tries: 2 });
  // And strangers' domains that are slow to find keep nothing else from being found.
  const strangers = { ...dns, ...counted("senders"), timeout: 2_500, tries: 2 };
  const questions = createQuestions(strangers);
  const policyQuestions = createQuestions(strangers);
  const beginAccess = (client: IpAddress) =>
    createClientAccess(client, addressRules.current(), (address) =>
      clientNames.verifiedName(address),
    );
  const ownsSender: FactSources["ownsSender"] = (account, sender) => {
    const address = parseAddress(account);
    // A login that is no address has none to send as.
    return address.ok ? directory.ownsSender(address.value, sender) : known(sender === null);
  };
  const sources: FactSources = {
    access: ({ access, client }) => (access ?? beginAccess(client)).verdict(),
    blocklist: blocklistSource(inquire),
    recipient: ({ recipient, sender }) => directory.classify(recipient, sender),
    ...grantSources(roaming, { rules, directory, ownsSender }),
    ownsSender,
    limit: (standing) => known(limits.reached(limits.countsAgainst(standing))),
  };
  return {
    settings,
    directory,
    srs,
    rules,
    sources,
    inClear: (role) => {
      const own = settings.listeners.filter((listener) => listener.role === role);
      return own.length > 0 && own.every(({ tls }) => tls === "required" || tls === "implicit")
        ? "required"
        : "optional";
    },
    forSessions: {
      session: sessionSettings(settings),
      rules,
      sources,
      limits,
      isTrusted,
      inquire,
      beginAccess,
      asksForCertificate: settings.tls.clientAuthorities !== undefined,
      maxRefusedLogins,
      onRelayedForGrant: ({ client, account }) => roaming.grants.countUse(client, account),
      submission: settings.submission,
      inspections: createInspections(settings, {
        questions,
        policyQuestions,
        signing: signing && { ...signing, isOurs },
        random,
        log,
      }),
      // Filters write such fields, too, and cannot take out those that others have written.
      removesForgedResults: settings.authentication.verify || settings.filters.length > 0,
      notices: settings.notices,
      log,
      keep,
    },
    limits,
    resolver,
    ...(validated && { validated }),
    ourselves: findOurselves(settings),
    addressRules: () => addressRules.current(),
    close() {
      addressRules.close();
      recipientLists.close();
      resolver.close();
      validated?.close();
      clientNames.close();
      questions.close();
      policyQuestions.close();
    },
  };
}

export function createValidated(
  { dns, mxTransport }: Settings,
  now: () => number,
  counts?: QuestionCounts,
): ValidatedResolver | undefined {
  if (mxTransport.dane === "off") return undefined;
  const servers = trustedServers(dns);
  if (servers.length === 0) return undefined;
  return createValidatedResolver({
    servers,
    now,
    timeout: 3_000,
    tries: 3,
    concurrency: 100,
    ...(counts && { counts }),
  });
}

function sessionSettings({ hostname, limits }: Settings): SessionSettings {
  return {
    hostname,
    maxMessageSize: limits.messageSize,
    maxRecipients: limits.recipients,
    maxErrors: limits.errors,
    maxIdleCommands: limits.idleCommands,
    maxRefusedRecipients: limits.refusedRecipients,
    requireTls: true,
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
  return ({ inquiry, role, client, account }) => {
    if (account !== undefined) return notListed;
    return (inquiry ?? inquire(role, client))?.verdict() ?? notListed;
  };
}
