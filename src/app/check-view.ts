// What `check` found, in words and as data.

import { type ConfigurationProblem, formatProblem } from "../core/config/problem.ts";
import type { DomainSettings, Settings } from "../core/config/settings.ts";
import type { RouteSettings, TransportSettings } from "../core/config/transport-settings.ts";
import { formatDuration } from "../core/config/values/duration.ts";
import { formatEndpoint } from "../core/config/values/endpoint.ts";
import { formatMilterPlace } from "../core/config/values/milter-place.ts";
import { formatHosts } from "../core/config/values/next-hosts.ts";
import { formatPrefix } from "../core/mail/ip.ts";
import { type Proof, problemsOf } from "../core/policy/proof/prove.ts";
import { describeProof, summarizeProof } from "./proof-view.ts";
import { describeWarnings } from "./rules-view.ts";

export interface Checked {
  readonly settings: Settings;
  /** How many of them decide about somebody. */
  readonly addressRules: number;
  readonly warnings: readonly ConfigurationProblem[];
  readonly proof: Proof;
}

/** As data. */
export function summarizeChecked(checked: Checked): object {
  return { ...summarize(checked), proof: summarizeProof(checked.proof) };
}

function summarize({ settings, addressRules, warnings }: Checked) {
  return {
    hostname: settings.hostname,
    data: settings.data,
    listeners: settings.listeners.map(({ name, role, listen }) => ({
      name,
      role,
      listen: listen.map(formatEndpoint),
    })),
    relayNetworks: settings.relay.networks.map(({ prefix, place }) => ({
      network: formatPrefix(prefix),
      line: place.line,
    })),
    roaming: summarizeRoaming(settings),
    roamingSecret: settings.relay.roaming?.events?.secretFile ?? null,
    addressRules,
    warnings: warnings.map(formatProblem),
    domains: settings.domains.map(({ name, deliver }) => ({
      name,
      deliver: deliver.to === "relay" ? formatHosts(deliver.via) : deliver.to,
      ...(deliver.to === "relay" && summarizeTransport(deliver.transport)),
    })),
    blocklists: settings.blocklists.lists.map(({ zone, score, fail }) => ({ zone, score, fail })),
    filters: settings.filters.map(({ place, for: whose, fail }) => ({
      milter: formatMilterPlace(place),
      for: whose,
      fail,
    })),
    routes: settings.routes.map(summarizeRoute),
  };
}

type Summary = ReturnType<typeof summarize>;

function summarizeRoute(route: RouteSettings) {
  const { to, from, account, leaving } = route;
  return {
    to,
    ...(from !== undefined && { from }),
    ...(account !== undefined && { account }),
    ...(route.via === "mx"
      ? { via: "mx" }
      : { via: formatHosts(route.via), ...summarizeTransport(route.transport) }),
    ...(leaving?.sources && { source: Object.values(leaving.sources) }),
  };
}

function summarizeTransport({ protocol, tls, login }: TransportSettings) {
  return {
    ...(protocol && { protocol }),
    tls,
    ...(login !== undefined && { login: login.user }),
  };
}

function summarizeRoaming({ relay: { roaming } }: Settings) {
  if (roaming === undefined) return null;
  return { lifetime: formatDuration(roaming.lifetime), senders: roaming.senders };
}

function describeDomain({ name, deliver }: DomainSettings): string {
  switch (deliver.to) {
    case "mailboxes":
      return `keeps mailboxes for ${name}`;
    case "relay":
      return `hands mail for ${name} to ${formatHosts(deliver.via)}${describeTransport(summarizeTransport(deliver.transport))}`;
    case "none":
      return `sends for ${name}, and takes no mail for it`;
  }
}

/** In words. */
export function describeChecked(checked: Checked): string {
  const { settings, addressRules, proof, warnings } = checked;
  const { listeners, blocklists, filters, routes } = summarize(checked);
  const isProven = problemsOf(proof.findings).length === 0;
  const lines = [
    `${isProven ? "The configuration is in order." : "The configuration must not be served: it relays for strangers."} ${settings.hostname} keeps its data in ${settings.data}.`,
    ...listeners.map(
      ({ name, role, listen }) => `listens as ${name} (${role}) on ${listen.join(", ")}`,
    ),
    ...(addressRules === 0 ? [] : [`has ${addressRules} address rules${rulesSource(settings)}`]),
    ...describeProof(proof),
    ...describeRoaming(settings),
    ...describeAdmin(settings),
    ...settings.domains.map(describeDomain),
    ...blocklists.map(({ zone, score }) =>
      score > 0
        ? `asks the blocklist ${zone}, which counts ${score} of ${settings.blocklists.threshold}`
        : `asks the allow list ${zone}, which counts ${score}`,
    ),
    ...filters.map(describeFilter),
    ...routes.map(describeRoute),
  ];
  return lines.map((line) => `${line}\n`).join("") + describeWarnings(warnings);
}

function describeFilter({ milter, for: whose, fail }: Summary["filters"][number]): string {
  const mail = whose === "all" ? "all mail" : `the mail of ${whose}`;
  const without = fail === "open" ? "taken all the same" : "put off";
  return `shows ${mail} to the filter ${milter}; while it is away, that is ${without}`;
}

function describeRoute(route: ReturnType<typeof summarizeRoute>): string {
  const { to, from, account, via, source = [] } = route;
  const whose = [
    ...(from === undefined ? [] : [from === "<>" ? " without a sender" : ` from ${from}`]),
    ...(account === undefined ? [] : [` of the account ${account}`]),
  ].join("");
  const mail = to === "*" ? (whose === "" ? " for all else" : "") : ` for ${to}`;
  const way = "tls" in route ? `${via}${describeTransport(route)}` : "the MX hosts of its domain";
  const leaving = source.length === 0 ? "" : `, leaving from ${source.join(" and ")}`;
  return `sends mail${mail}${whose} through ${way}${leaving}`;
}

function describeTransport({
  protocol,
  tls,
  login,
}: ReturnType<typeof summarizeTransport>): string {
  const lmtp = protocol === undefined ? "" : " by LMTP";
  return `${lmtp}, TLS ${tls}${login === undefined ? "" : `, logged in as ${login}`}`;
}

/** Who may relay by a login to read mail, which the proof knows nothing of. */
function describeRoaming(settings: Settings): readonly string[] {
  const roaming = summarizeRoaming(settings);
  if (roaming === null) return [];
  const { lifetime, senders } = roaming;
  const whom = senders === "own" ? "as the account that read it" : "as anybody";
  return [`relays for whoever has read mail, ${whom}, until ${lifetime} after the session`];
}

/** What others may do over HTTP. */
function describeAdmin({ listeners, relay }: Settings): readonly string[] {
  const admin = listeners.filter(({ role }) => role === "admin").map(({ name }) => name);
  if (admin.length === 0) return [];
  const file = relay.roaming?.events?.secretFile;
  const over = `over ${admin.join(", ")}`;
  return file === undefined
    ? [`says ${over} whether it is well, and is told of no logins there`]
    : [`lets whoever knows the secret in ${file} tell of logins ${over}`];
}

/** ` in /etc/tcp.smtp`, where they have a file of their own. */
function rulesSource({ relay: { rules } }: Settings): string {
  return rules?.kind === "file" ? ` in ${rules.path}` : "";
}
