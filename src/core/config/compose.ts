// From the file's values to the settings that the rest of the program sees.

import type { BreakerBounds } from "../limits/breaker.ts";
import type { Rate } from "../limits/bucket.ts";
import { parseDomain } from "../mail/domain.ts";
import type { Prefix } from "../mail/ip.ts";
import { composeRules } from "./compose-rules.ts";
import { composeStore } from "./compose-store.ts";
import { composeLogins } from "./compose-logins.ts";
import { composeBounds, composeRoutes, composeSmartHost } from "./compose-transport.ts";
import { composeRoaming } from "./compose-roaming.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import type {
  DecisionSettings,
  Deliver,
  DomainSettings,
  GuessingSettings,
  LimitSettings,
  ListenerRole,
  ListenerTls,
  QueueSettings,
  RelayedRecipients,
  Settings,
  TlsSettings,
} from "./settings.ts";
import { placeOf, placeOfKey, type Source } from "./source.ts";
import { formatMilterPlace } from "./values/milter-place.ts";
import { readAccountOrDomain } from "./values/account.ts";
import { resolvePath } from "./values/path.ts";

/** Gives each value its name in `Settings`, and a place to what decisions refer to. */
export function composeSettings(file: ConfigurationFile, source: Source): Settings {
  return {
    hostname: file.hostname,
    data: resolvePath(source.folder, file.data),
    ...(file.user === undefined ? {} : { user: file.user }),
    ...(file.postmaster === undefined ? {} : { postmaster: file.postmaster }),
    listeners: Object.entries(file.listeners).map(([name, listener]) => ({
      name,
      role: listener.role,
      tls: listener.tls ?? defaultTls[listener.role],
      clearLoginOnLoopback: listener["login-in-clear"] === "loopback",
      listen: listener.listen,
      ...(listener.proxies && {
        proxies: listener.proxies,
        place: placeOf(source, ["listeners", name, "proxies"]),
      }),
    })),
    tls: composeTls(file.tls, source),
    submission: {
      checkFrom: file.submission["check-from"],
      hideClient: file.submission["hide-client"],
      priorities: composePriorities(file.submission.priorities),
      holdAtMost: file.submission["hold-at-most"],
    },
    authentication: {
      verify: file.authentication.verify,
      dmarc: file.authentication.dmarc,
      trustedSealers: file.authentication["trusted-sealers"],
    },
    relay: {
      networks: composeNetworks(file.relay.networks, "networks", source),
      acknowledged: composeNetworks(file.relay.acknowledge, "acknowledge", source),
      ...(file.relay.rules !== undefined && { rules: composeRules(file.relay.rules, source) }),
      ...(file.relay.roaming !== undefined && {
        roaming: composeRoaming(file.relay.roaming, source),
      }),
    },
    domains: composeDomains(file.domains, source),
    logins: composeLogins(file.logins, source),
    blocklists: {
      lists: file.blocklists,
      threshold: file["blocklist-threshold"],
      timeout: file["blocklist-timeout"],
    },
    routes: composeRoutes(file.routes, source),
    filters: file.filters.map(({ milter, ...rest }) => ({
      name: `filter ${formatMilterPlace(milter)}`,
      place: milter,
      ...rest,
    })),
    mxTransport: { dane: file["mx-transport"].dane, mtaSts: file["mx-transport"]["mta-sts"] },
    ...(file["tls-reports"] && {
      tlsReports: {
        from: file["tls-reports"].from,
        organization: file["tls-reports"].organization ?? file.hostname,
      },
    }),
    dns: file.dns,
    limits: composeLimits(file.limits),
    queue: composeQueue(file.queue),
    notices: { forStrangers: file.notices["for-strangers"] },
    decisions: composeDecisions(file.decisions),
    admin: {
      hosts: file.admin.hosts,
      metrics: file.admin.metrics,
      auditFor: file.admin.audit,
    },
    log: file.log,
    store: composeStore(file, source.folder),
  };
}

const defaultTls: Readonly<Record<ListenerRole, ListenerTls>> = {
  mx: "offered",
  submission: "required",
  pop3: "offered",
  admin: "off",
};

function composePriorities(written: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(written).map(([name, highest]) => {
      const key = readAccountOrDomain(name);
      return [key.ok ? key.value : name, highest];
    }),
  );
}

function composeTls(tls: ConfigurationFile["tls"], source: Source): TlsSettings {
  const { certificate, key } = tls;
  const first =
    certificate === undefined || key === undefined
      ? []
      : [{ certificate, key, place: placeOf(source, ["tls", "certificate"]) }];
  const more = tls.more.map((pair, index) => ({
    ...pair,
    place: placeOf(source, ["tls", "more", index]),
  }));
  const authorities = tls["client-authorities"];
  return {
    certificates: [...first, ...more].map((pair) => ({
      ...pair,
      certificate: resolvePath(source.folder, pair.certificate),
      key: resolvePath(source.folder, pair.key),
    })),
    ...(authorities !== undefined && {
      clientAuthorities: resolvePath(source.folder, authorities),
    }),
  };
}

function composeNetworks(
  prefixes: readonly Prefix[],
  key: "networks" | "acknowledge",
  source: Source,
): Settings["relay"]["networks"] {
  return prefixes.map((prefix, index) => ({
    prefix,
    place: placeOf(source, ["relay", key, index]),
  }));
}

function composeDomains(
  domains: ConfigurationFile["domains"],
  source: Source,
): readonly DomainSettings[] {
  return Object.entries(domains).map(([name, domain]) => ({
    name: parseDomain(name) ?? name,
    deliver: composeDeliver(domain, source.folder),
    place: placeOfKey(source, ["domains", name]),
  }));
}

type WrittenDomain = ConfigurationFile["domains"][string];

function composeDeliver(domain: WrittenDomain, folder: string): Deliver {
  const { deliver = "mailboxes", "relay-to": via, ...rest } = domain;
  if (via === undefined) return { to: deliver };
  return {
    to: "relay",
    ...composeSmartHost(via, rest, folder),
    recipients: composeRecipients(rest, folder),
  };
}

function composeRecipients(
  domain: Pick<WrittenDomain, "recipients" | "recipients-file" | "unsure-recipients">,
  folder: string,
): RelayedRecipients {
  const path = domain["recipients-file"];
  if (path !== undefined) return { kind: "file", path: resolvePath(folder, path) };
  if (domain.recipients === "all") return { kind: "all" };
  return { kind: "ask", unsure: domain["unsure-recipients"] ?? "accept" };
}

function composeLimits(limits: ConfigurationFile["limits"]): LimitSettings {
  return {
    connections: limits.connections,
    connectionsPerClient: limits["connections-per-client"],
    connectionRate: limits["connection-rate"],
    rates: limits.rates,
    guessing: composeGuessing(limits.guessing),
    breaker: composeBreaker(limits.breaker),
    messageSize: limits["message-size"],
    recipients: limits.recipients,
    refusedRecipients: limits["refused-recipients"],
    memory: limits.memory,
    errors: limits.errors,
    idleCommands: limits["idle-commands"],
    commandTime: limits["command-time"],
    messageTime: limits["message-time"],
  };
}

function composeGuessing({
  ban,
  allow,
  ...rates
}: ConfigurationFile["limits"]["guessing"]): GuessingSettings {
  return { rates, ban, allow };
}

function stated(rates: readonly (Rate | undefined)[]): readonly Rate[] {
  return rates.filter((rate) => rate !== undefined);
}

function composeBreaker(breaker: ConfigurationFile["limits"]["breaker"]): BreakerBounds {
  return {
    messages: stated(breaker.messages),
    recipients: stated(breaker.recipients),
    refused: breaker.refused,
    refusedShare: breaker["refused-share"] / 100,
  };
}

function composeQueue(queue: ConfigurationFile["queue"]): QueueSettings {
  return {
    retry: queue.retry,
    warnAfter: queue["warn-after"],
    giveUpAfter: queue["give-up-after"],
    bounds: composeBounds(queue),
  };
}

function composeDecisions(decisions: ConfigurationFile["decisions"]): DecisionSettings {
  return { keep: decisions.keep, for: decisions.for, atMost: decisions["at-most"] };
}
