// control/smtproutes: which hosts mail is handed to.

import { formatEndpoint, mailEndpoint, readEndpoint } from "../config/values/endpoint.ts";
import { readDomain } from "../config/values/name.ts";
import type { Domain } from "../mail/domain.ts";
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
  const name = to === "" || to.startsWith(".") ? to : readDomain(to);
  if (typeof name !== "string" && !name.ok) {
    report.operator(at, `${quote(to)} is no domain, so this route is left out`);
    return undefined;
  }
  const host = readHost(text.slice(colon + 1), at, report);
  return host && { to: typeof name === "string" ? name : name.value, ...host };
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
  return [...hosts].flatMap(([to, { value, at }]) =>
    to.startsWith(".") ? [] : routeTo(to === "" ? "*" : to, { value, at }),
  );
}

function routeTo(
  to: Domain,
  { value: { host: via, login }, at }: From<RouteHost>,
): readonly From<DraftRoute>[] {
  return via === undefined ? [] : [{ value: { to, via, ...(login && { login }) }, at }];
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
    report.taken(at, `routes: ${what} goes through ${value.via}${how}`);
  }
  reportUnsaid(hosts, report);
  // The one for all others comes last.
  return kept.toSorted(
    (one, other) => Number(one.value.to === "*") - Number(other.value.to === "*"),
  );
}

/** Entries that no route of ours can say. */
function reportUnsaid(hosts: SmtpRoutes["hosts"], report: Report): void {
  const rest = hosts.get("")?.value.host;
  for (const [
    to,
    {
      value: { host },
      at,
    },
  ] of hosts) {
    if (to.startsWith(".")) {
      report.operator(
        at,
        `a route here is for one domain or for all: write one for each domain that ends in ${to} (${host ?? "its MX"})`,
      );
    } else if (host === undefined && to !== "" && rest === undefined) {
      report.leftOut(at, `${to} goes to its own MX, as all mail without a route does`);
    } else if (host === undefined && to !== "") {
      report.operator(
        at,
        `${to} went to its own MX past the route for all others, which no key says here`,
      );
    }
  }
}
