// control/smtproutes: which hosts mail is handed to.

import { formatEndpoint, mailEndpoint, readEndpoint } from "../config/values/endpoint.ts";
import { readRecipients } from "../config/values/route-keys.ts";
import type { Domain } from "../mail/domain.ts";
import { good } from "../result.ts";
import { type DomainPattern, everyDomain } from "../routes/route-keys.ts";
import type { DraftDomain, DraftHostLogin, DraftRoute, From } from "./draft.ts";
import { controlLines, type InstalledFile, type Line } from "./file.ts";
import { quote, type Report } from "./report.ts";

export interface SmtpRoutes {
  /** By domain, `.suffix` or, for all others, the empty text. */
  readonly hosts: ReadonlyMap<string, From<RouteHost>>;
  /** For `routes`. */
  readonly routes: readonly From<DraftRoute>[];
}

export interface RouteHost {
  /** Undefined: the domain's MX. */
  readonly host: string | undefined;
  readonly login?: DraftHostLogin;
}

export function readRoutes(file: InstalledFile | undefined, report: Report): SmtpRoutes {
  const hosts = new Map<string, From<RouteHost>>();
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
    hosts.set(route.to, { value: route, at: line.at });
  }
  return { hosts, routes: routesOf(hosts) };
}

interface Route extends RouteHost {
  readonly to: string;
}

function readRoute({ text, at }: Line, report: Report): Route | undefined {
  const colon = text.indexOf(":");
  if (colon === -1) {
    report.leftOut(at, "there is no colon in it, so it does nothing, in qmail as well");
    return undefined;
  }
  const to = text.slice(0, colon).toLowerCase();
  const name = to === "" ? good(to) : readRecipients(to);
  if (!name.ok || name.value === everyDomain) {
    report.operator(at, `${quote(to)} is no domain, so this route is left out`);
    return undefined;
  }
  const host = readHost(text.slice(colon + 1), at, report);
  return host && { to: name.value, ...host };
}

/** `host`, `host:port`, `[address]`, `[address]:port`, or nothing for the domain's MX; some patches
 * have a login behind it. */
function readHost(text: string, at: Line["at"], report: Report): RouteHost | undefined {
  const [host = "", user, password, ...more] = text.trim().split(/\s+/);
  if (host === "") return { host: undefined };
  const bare = host.replace(/^\[([0-9.]+)\]/, "$1");
  const endpoint = readEndpoint(bare, mailEndpoint);
  if (!endpoint.ok) {
    report.operator(at, `${quote(host)} is no host, so this route is left out`);
    return undefined;
  }
  const found = { host: formatEndpoint(endpoint.value) };
  if (user === undefined) return found;
  if (password !== undefined && more.length === 0) return { ...found, login: { user, password } };
  report.operator(
    at,
    "what stands behind the host is no user and password, and is not taken over; see `routes`",
  );
  return found;
}

function routesOf(hosts: SmtpRoutes["hosts"]): readonly From<DraftRoute>[] {
  return [...hosts].flatMap(([to, { value, at }]) => {
    const { host, login } = value;
    if (host === undefined && !isException(to, hosts)) return [];
    const via = host ?? "mx";
    return [{ value: { to: to === "" ? everyDomain : to, via, ...(login && { login }) }, at }];
  });
}

/** Whether another route would take the mail that goes to its domain's own MX. */
function isException(to: string, hosts: SmtpRoutes["hosts"]): boolean {
  const isWider = (other: string) => other === "" || (other.startsWith(".") && to.endsWith(other));
  return (
    to !== "" &&
    [...hosts].some(
      ([other, { value }]) => other !== to && value.host !== undefined && isWider(other),
    )
  );
}

/** Where mail for a domain goes: its own route, that of the longest suffix, or the one for all others. */
export function hostFor({ hosts }: SmtpRoutes, domain: Domain): From<RouteHost> | undefined {
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
  for (const { value, at } of routes) {
    const own = ours.get(value.to);
    if (own?.kind === "mailboxes") {
      const text = `mail for ${value.to} ends here, so its route does nothing, in qmail as well`;
      report.leftOut(at, text);
    } else if (own !== undefined && value.login !== undefined) {
      report.operator(at, `${value.to} is handed on without the login: \`relay-to\` has none`);
    }
  }
  const kept = routes.filter(({ value: { to } }) => !ours.has(to));
  for (const { value, at } of kept) {
    const what = value.to === "*" ? "all other mail" : `mail for ${value.to}`;
    const how =
      value.login === undefined ? "" : ", with its login, over TLS, once its certificate is right";
    const way = value.via === "mx" ? "the MX of its domain" : value.via;
    report.taken(at, `routes: ${what} goes through ${way}${how}`);
  }
  reportUnsaid(hosts, report);
  // Here the first that fits counts, and in qmail the longest.
  return kept.toSorted((one, other) => widthOf(one.value.to) - widthOf(other.value.to));
}

/** No name is longer. */
const longest = 1_000;

/** The wider the later: a domain, then what is below the longest, then all others. */
function widthOf(to: DomainPattern): number {
  if (to === everyDomain) return 1;
  return to.startsWith(".") ? -to.length : -longest;
}

/** Entries that say what holds without them. */
function reportUnsaid(hosts: SmtpRoutes["hosts"], report: Report): void {
  for (const [to, { value, at }] of hosts) {
    if (value.host !== undefined || to === "" || isException(to, hosts)) continue;
    report.leftOut(at, `${to} goes to its own MX, as all mail without a route does`);
  }
}
