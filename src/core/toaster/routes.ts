// control/smtproutes: which hosts mail is handed to.

import { formatEndpoint, mailEndpoint, readEndpoint } from "../config/values/endpoint.ts";
import { readDomain } from "../config/values/name.ts";
import type { Domain } from "../mail/domain.ts";
import type { DraftDomain, DraftRoute, From } from "./draft.ts";
import { controlLines, type InstalledFile, type Line } from "./file.ts";
import { quote, type Report } from "./report.ts";

export interface SmtpRoutes {
  /** By domain, `.suffix` or, for all others, the empty text. `undefined`: to the domain's MX. */
  readonly hosts: ReadonlyMap<string, From<string | undefined>>;
  /** For `routes`. */
  readonly routes: readonly From<DraftRoute>[];
}

export function readRoutes(file: InstalledFile | undefined, report: Report): SmtpRoutes {
  const hosts = new Map<string, From<string | undefined>>();
  for (const line of controlLines(file, report)) {
    const route = readRoute(line, report);
    if (route === undefined) continue;
    const earlier = hosts.get(route.to);
    if (earlier !== undefined) {
      report.leftOut(
        earlier.at,
        `line ${line.at.line} has the same name; in qmail the last counts`,
      );
    }
    // Set anew, so that it takes its place behind the others.
    hosts.delete(route.to);
    hosts.set(route.to, { value: route.host, at: line.at });
  }
  return { hosts, routes: routesOf(hosts) };
}

interface Route {
  readonly to: string;
  readonly host: string | undefined;
}

function readRoute({ text, at }: Line, report: Report): Route | undefined {
  const colon = text.indexOf(":");
  if (colon === -1) {
    report.leftOut(at, "there is no colon in it, so it does nothing, in qmail as well");
    return undefined;
  }
  const to = text.slice(0, colon).toLowerCase();
  const name = to === "" || to.startsWith(".") ? to : readDomain(to);
  if (typeof name !== "string" && !name.ok) {
    report.operator(at, `${quote(to)} is no domain, so this route is left out`);
    return undefined;
  }
  const host = readHost(text.slice(colon + 1), at, report);
  return host.ok
    ? { to: typeof name === "string" ? name : name.value, host: host.value }
    : undefined;
}

type Host = { readonly ok: true; readonly value: string | undefined } | { readonly ok: false };

/** `host`, `host:port`, `[address]`, `[address]:port`, or nothing for the domain's MX; some patches
 * have a login behind it. */
function readHost(text: string, at: Line["at"], report: Report): Host {
  const [host = "", ...login] = text.trim().split(/\s+/);
  if (host === "") return { ok: true, value: undefined };
  if (login.length > 0) {
    report.operator(
      at,
      "there is a login behind the host, which is not taken over; see `routes` for how it is written here",
    );
  }
  const bare = host.replace(/^\[([0-9.]+)\]/, "$1");
  const endpoint = readEndpoint(bare, mailEndpoint);
  if (endpoint.ok) return { ok: true, value: formatEndpoint(endpoint.value) };
  report.operator(at, `${quote(host)} is no host, so this route is left out`);
  return { ok: false };
}

function routesOf(hosts: SmtpRoutes["hosts"]): readonly From<DraftRoute>[] {
  return [...hosts].flatMap(([to, { value: via, at }]) =>
    to === "" || to.startsWith(".") || via === undefined ? [] : [{ value: { to, via }, at }],
  );
}

/** Where mail for a domain goes: its own route, that of the longest suffix, or the one for all others. */
export function hostFor(
  { hosts }: SmtpRoutes,
  domain: Domain,
): From<string | undefined> | undefined {
  const own = hosts.get(domain);
  if (own !== undefined) return own;
  for (let dot = domain.indexOf("."); dot !== -1; dot = domain.indexOf(".", dot + 1)) {
    const route = hosts.get(domain.slice(dot));
    if (route !== undefined) return route;
  }
  return hosts.get("");
}

/** The routes for mail to domains that are not ours, with what cannot be said here.
 * @param ours the domains that are: where their mail goes is said there. */
export function finishRoutes(
  { hosts, routes }: SmtpRoutes,
  ours: ReadonlyMap<Domain, DraftDomain>,
  report: Report,
): readonly From<DraftRoute>[] {
  const kept = routes.filter(({ value: { to } }) => !ours.has(to));
  for (const { value, at } of routes) {
    if (ours.get(value.to)?.kind !== "mailboxes") continue;
    report.leftOut(
      at,
      `mail for ${value.to} ends here, so its route does nothing, in qmail as well`,
    );
  }
  for (const { value, at } of kept) {
    report.taken(at, `routes: mail for ${value.to} goes through ${value.via}`);
  }
  for (const [to, { value: via, at }] of hosts) {
    if (to.startsWith(".")) {
      report.operator(
        at,
        `a route here is for one domain or for all: write one for each domain that ends in ${to} (${via ?? "its MX"})`,
      );
    } else if (via === undefined && to !== "" && hosts.get("")?.value === undefined) {
      report.leftOut(at, `${to} goes to its own MX, as all mail without a route does`);
    } else if (via === undefined && to !== "") {
      report.operator(
        at,
        `${to} went to its own MX past the route for all others, which no key says here`,
      );
    }
  }
  const all = hosts.get("");
  if (all?.value === undefined) return kept;
  report.taken(all.at, `routes: all other mail goes through ${all.value}`);
  return [...kept, { value: { to: "*", via: all.value }, at: all.at }];
}
