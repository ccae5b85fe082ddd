// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. A session keeps the rules that it began with (`admit`); all else is asked of the current
// policy, so that it holds from the next command on, in connections that are open as well.

import { hostname as systemHostname, networkInterfaces } from "node:os";
import type { Settings } from "../../core/config/settings.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import { TrustedNetworks } from "../../core/policy/trusted.ts";
import type { RuleSet } from "../../core/policy/request.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import type { Store } from "../../io/store/store.ts";
import { createDirectory, type Directory } from "../../server/directory/directory.ts";
import type { Deciding } from "../../server/admin/decision-operations.ts";
import { admit } from "../../server/smtpd/admission.ts";
import { type AdmitMessage, createAdmitMessage } from "../../server/smtpd/admit-message.ts";
import { type Authorize, createAuthorize } from "../../server/smtpd/authorize.ts";
import type { FactSources } from "../../server/smtpd/facts.ts";
import { createReport, type ReportOptions } from "../../server/smtpd/report.ts";
import { createSendingLimits, type SendingLimits } from "../../server/smtpd/sending-limits.ts";
import { openAddressRules } from "./address-rules.ts";

export interface Policy extends Deciding {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly authorize: Authorize;
  readonly admitMessage: AdmitMessage;
  /** The next policy goes on counting from here. */
  readonly limits: SendingLimits;
  readonly resolver: Resolver;
  readonly ourselves: Ourselves;
  /** Gives up what it looks up and what it watches. */
  close(): void;
}

/** What mail must not be sent to, lest it come back. */
interface Ourselves {
  readonly ownNames: ReadonlySet<string>;
  readonly ownAddresses: ReadonlySet<string>;
}

export interface PolicyParts extends Pick<ReportOptions, "log" | "keep"> {
  readonly store: Store;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** @param before the policy that this one follows, whose counting goes on. */
export async function createPolicy(
  settings: Settings,
  { store, log, keep, elapsed }: PolicyParts,
  before?: Policy,
): Promise<Policy> {
  const directory = await createDirectory(settings, {
    hasAccount: async (key) => (await store.accounts.find(key)) !== undefined,
    addedDomains: async () => (await store.domains.list()).map(({ name }) => name),
  });
  const addressRules = await openAddressRules(settings.relay.rules, log);
  const rules: RuleSet = { networks: new TrustedNetworks(settings.relay.networks) };
  const isTrusted = (client: IpAddress) => rules.networks.find(client) !== undefined;
  const { rates } = settings.limits;
  const limits = createSendingLimits({ rates, isTrusted, elapsed }, before?.limits);
  const session = sessionSettings(settings);
  const trustedSession = { ...session, maxRefusedRecipients: Infinity };
  const sources: FactSources = {
    access: ({ admission }) => admission.access(),
    blocklist: () => known({ listed: false }),
    recipient: ({ recipient }) => directory.classify(recipient),
    grant: () => known({ kind: "none" }),
    limit: (standing) => known(limits.reached(limits.countsAgainst(standing))),
  };
  const dns = { servers: settings.dns.servers, now: elapsed, concurrency: 100 };
  const resolver = createResolver({ ...dns, timeout: 5_000, tries: 3 });
  // Of its own: strangers whose names are slow to find do not keep mail from going out.
  const clientNames = createResolver({ ...dns, timeout: 2_500, tries: 2 });
  const report = createReport({ log, keep });
  return {
    settings,
    directory,
    rules,
    sources,
    authorize: createAuthorize({ sources, limits, report }),
    admitMessage: createAdmitMessage({ limits, report }),
    limits,
    admit: (client) =>
      admit(client, {
        rules,
        addressRules: addressRules.current(),
        session: isTrusted(client) ? trustedSession : session,
        lookUpName: (address) => clientNames.verifiedName(address),
      }),
    resolver,
    ourselves: findOurselves(settings),
    close() {
      addressRules.close();
      resolver.close();
      clientNames.close();
    },
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
