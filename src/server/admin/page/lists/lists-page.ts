// What the server leans on: blocklists, resolvers, certificates, routes, signing keys, listeners.

import { html } from "hono/html";
import type { Settings } from "../../../../core/config/settings.ts";
import { formatEndpoint } from "../../../../core/config/values/endpoint.ts";
import { formatHosts } from "../../../../core/config/values/next-hosts.ts";
import { formatPrefix } from "../../../../core/mail/ip.ts";
import type { ListReport } from "../../../blocklists/list.ts";
import type { SilentHost } from "../../../delivery/host-health.ts";
import type { DestinationView, DkimKeyReport, DomainSummary } from "../../operations.ts";
import {
  describeHealth,
  describeTest,
  formatLatency,
  formatScore,
} from "../../words/blocklist-words.ts";
import { describeKey } from "../../words/dkim-words.ts";
import { formatSpan } from "../../words/times.ts";
import { type Cell, dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page, Tone } from "../page.ts";
import { badge } from "../parts.ts";
import { counted } from "../quantities.ts";
import type { ResolverTest, ShownCertificate } from "../server-view.ts";
import { certificateTone } from "./certificate-tone.ts";

export interface ListsData {
  readonly blocklists: readonly ListReport[];
  /** How the resolvers stand; absent where they were not asked. */
  readonly resolvers?: readonly ResolverTest[];
  readonly certificates: readonly ShownCertificate[];
  readonly settings: Settings;
  readonly destinations: readonly DestinationView[];
  readonly silentHosts: readonly SilentHost[];
  readonly keys: readonly DkimKeyReport[];
  readonly domains: readonly DomainSummary[];
  readonly now: number;
}

/** Rows of each table. */
const most = 200;

export function listsPage(data: ListsData): Page {
  return {
    title: "Lists",
    main: html`${contents()}
${section("blocklists", "Blocklists", blocklistPart(data))}
${section("resolvers", "Resolvers", resolverPart(data))}
${section("certificates", "Certificates", certificatePart(data))}
${section("routes", "Routes", routePart(data))}
${section("keys", "Signing keys and DNS", keyPart(data))}
${section("listeners", "Listeners", listenerPart(data))}`,
  };
}

const names = [
  ["blocklists", "Blocklists"],
  ["resolvers", "Resolvers"],
  ["certificates", "Certificates"],
  ["routes", "Routes"],
  ["keys", "Keys and DNS"],
  ["listeners", "Listeners"],
] as const;

function contents(): Html {
  const items = names.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`);
  return html`<nav class="within" aria-label="On this page"><ul>${items}</ul></nav>`;
}

function section(id: string, name: string, content: Html): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2>${content}</section>`;
}

const healthTones: Readonly<Record<ListReport["health"]["state"], Tone>> = {
  healthy: "ok",
  untested: "quiet",
  "set-aside": "problem",
};
const healthWords = { healthy: "in order", untested: "not tested yet", "set-aside": "set aside" };

function blocklistPart({ blocklists, now }: ListsData): Html {
  const table = dataTable({
    caption: "Blocklists",
    columns: [
      { name: "List" },
      { name: "State" },
      { name: "Clients" },
      { name: "Score", kind: "number" },
      { name: "Questions", kind: "number" },
      { name: "Listed", kind: "number" },
      { name: "Median", kind: "number" },
      { name: "Tested" },
    ],
    rows: blocklists
      .slice(0, most)
      .map((list) => [
        html`<span class="whole">${foreign(list.zone)}</span>`,
        html`${badge(healthTones[list.health.state], healthWords[list.health.state])} <span class="soft">${foreign(describeHealth(list, now))}</span>`,
        list.family,
        formatScore(list.score),
        String(list.questions),
        String(list.listed),
        formatLatency(list.median),
        html`<span class="whole">${describeTest(list, now)}</span>`,
      ]),
    empty: "The configuration names no blocklist.",
  });
  if (blocklists.length === 0) return table;
  return html`${table}<form method="get" action="/lists#blocklists" class="buttons"><input type="hidden" name="test" value="blocklists"><button>Test them now</button><span class="soft">Asks each for its test points (RFC 5782).</span></form>`;
}

function resolverPart({ resolvers, settings }: ListsData): Html {
  const { servers } = settings.dns;
  const named =
    servers.length === 0 ? "those of the system" : servers.map(formatEndpoint).join(", ");
  const ask = html`<form method="get" action="/lists#resolvers" class="buttons"><input type="hidden" name="test" value="resolvers"><button>Ask them now</button><span class="soft">Asks each for the addresses of ${settings.hostname}.</span></form>`;
  if (resolvers === undefined) return html`<p>Names are looked up by ${named}.</p>${ask}`;
  return html`${dataTable({
    caption: "Resolvers",
    columns: [{ name: "Resolver" }, { name: "State" }, { name: "Time", kind: "number" }],
    rows: resolvers.map(({ name, problem, latency }) => [
      name,
      problem === undefined
        ? badge("ok", "answers")
        : html`${badge("problem", "does not answer")} ${foreign(problem)}`,
      formatLatency(latency),
    ]),
    empty: "",
  })}${ask}`;
}

function certificatePart({ certificates, now }: ListsData): Html {
  return dataTable({
    caption: "Certificates",
    columns: [{ name: "Names" }, { name: "State" }, { name: "Ends" }, { name: "File" }],
    rows: certificates
      .slice(0, most)
      .map(({ names: own, expiresAt, file, isSelfSigned, warning }) => [
        foreign(own.join(", ")),
        html`${badge(certificateTone(expiresAt, now), daysLeft(expiresAt, now))}${isSelfSigned && html` ${badge("warning", "self-signed")}`}${warning !== undefined && html` ${badge("problem", "key is readable")} ${foreign(warning)}`}`,
        moment(expiresAt),
        html`<span class="mono">${foreign(file)}</span>`,
      ]),
    empty: "No certificate is in use.",
  });
}

function daysLeft(expiresAt: number, now: number): string {
  if (expiresAt <= now) return `expired ${formatSpan(now - expiresAt)} ago`;
  const days = Math.floor((expiresAt - now) / 86_400_000);
  return days > 1 ? `${days} days left` : `${formatSpan(expiresAt - now)} left`;
}

function routePart({ settings, destinations, silentHosts, now }: ListsData): Html {
  const known = new Map(destinations.map((each) => [each.name, each]));
  const rows = settings.routes.slice(0, most).map((route): readonly Cell[] => {
    const { to, from, account, place } = route;
    const whose = [
      ...(from === undefined ? [] : [`from ${from}`]),
      ...(account === undefined ? [] : [`of ${account}`]),
    ].join(" ");
    const isMx = route.via === "mx";
    const hosts = isMx ? "the MX hosts of its domain" : formatHosts(route.via);
    const found = isMx ? undefined : destinations.find(({ name }) => isOf(name, hosts));
    const protection = isMx ? "" : describeProtection(route.transport);
    return [
      html`${foreign(to === "*" ? "all else" : to)} ${whose !== "" && foreign(whose)}`,
      foreign(hosts),
      protection,
      isMx ? "" : stateOf(found, now),
      `line ${place.line}`,
    ];
  });
  const down = [...known.values()].filter(({ downSince }) => downSince !== undefined);
  const others =
    down.length > 0 &&
    html`<p>${counted(down.length, "destination")} down: ${down.slice(0, 10).map(({ name }, at) => html`${at > 0 && ", "}<a href="${href("/queue", { destination: name })}">${foreign(name)}</a>`)}.</p>`;
  return html`${dataTable({
    caption: "Routes, of which the first that fits counts",
    columns: [
      { name: "Mail for" },
      { name: "Goes through" },
      { name: "Protection" },
      { name: "State" },
      { name: "Said at" },
    ],
    rows,
    empty: "All mail goes to the MX hosts of its domain.",
  })}${others}${silentHosts.length > 0 && silentPart(silentHosts)}`;
}

function silentPart(hosts: readonly SilentHost[]): Html {
  const shown = hosts.slice(0, most).map(({ name, address, port, left }) => {
    const place = port === undefined ? address : `${address}, port ${port}`;
    return html`<li>${foreign(name)} <span class="soft">(${place})</span>, for ${formatSpan(left)} more</li>`;
  });
  return html`<p>These hosts did not answer lately, and are tried behind the others of their destination:</p><ul class="said">${shown}</ul>`;
}

/** A destination's name says also as whom, and from where. */
function isOf(name: string, hosts: string): boolean {
  return name === hosts || name.startsWith(`${hosts} `);
}

function describeProtection({
  protocol,
  tls,
  login,
}: {
  readonly protocol?: "lmtp";
  readonly tls: string;
  readonly login?: { readonly user: string };
}): Html {
  const lmtp = protocol === undefined ? "" : "LMTP, ";
  return html`${lmtp}TLS ${tls}${login !== undefined && html`, as ${foreign(login.user)}`}`;
}

function stateOf(found: DestinationView | undefined, now: number): Html {
  if (found === undefined) return badge("quiet", "nothing waits");
  const { name, waiting, downSince, said } = found;
  const link = html`<a href="${href("/queue", { destination: name })}">${waiting} waiting</a>`;
  if (downSince === undefined) return html`${badge("ok", "takes mail")} ${link}`;
  return html`${badge("problem", `down for ${formatSpan(now - downSince)}`)} ${link}${said !== undefined && html`: ${foreign(said)}`}`;
}

const keyTones: Readonly<Record<DkimKeyReport["state"], Tone>> = {
  active: "ok",
  prepared: "warning",
  retired: "quiet",
};

function keyPart({ keys, domains, now }: ListsData): Html {
  const ask = domains
    .slice(0, most)
    .map(
      ({ name }) =>
        html`<li><a href="${href("/lists/dns", { domain: name })}">${foreign(name)}</a></li>`,
    );
  return html`${dataTable({
    caption: "Keys that sign mail (DKIM)",
    columns: [{ name: "Domain" }, { name: "Key" }, { name: "State" }, { name: "" }],
    rows: keys
      .slice(0, most)
      .map((key) => [
        foreign(key.domain),
        html`<span class="mono">${key.name}</span>`,
        badge(
          key.publicKeys === null ? "problem" : keyTones[key.state],
          key.publicKeys === null ? "damaged" : key.state,
        ),
        foreign(describeKey(key, now)),
      ]),
    empty: "No domain signs its mail: bailiwick dkim rotate DOMAIN makes keys.",
  })}
${ask.length > 0 && html`<p>How the records of a domain stand in the DNS (MX, SPF, DKIM, DMARC and others) is asked now, which takes a few seconds:</p><ul class="chips">${ask}</ul>`}`;
}

function listenerPart({ settings }: ListsData): Html {
  return dataTable({
    caption: "Listeners",
    columns: [
      { name: "Name" },
      { name: "Role" },
      { name: "Addresses" },
      { name: "TLS" },
      { name: "Behind" },
    ],
    rows: settings.listeners.map(({ name, role, listen, tls, proxies }) => [
      name,
      role,
      html`<span class="mono">${listen.map(formatEndpoint).join(", ")}</span>`,
      tls,
      proxies === undefined ? "" : `proxies ${proxies.map(formatPrefix).join(", ")}`,
    ]),
    empty: "There is no listener.",
  });
}
