// Which domains are an installation's own: those whose mail ends here, and those handed on.

import { readDomain } from "../config/values/name.ts";
import type { Domain } from "../mail/domain.ts";
import { readCdb } from "../rules/cdb.ts";
import { octetsOf, textOf } from "../rules/records.ts";
import { finish } from "../work.ts";
import type { DraftDomain, From } from "./draft.ts";
import { controlLines, type InstalledFile } from "./file.ts";
import { type At, quote, type Report } from "./report.ts";
import { hostFor, type SmtpRoutes } from "./routes.ts";
import type { Toaster } from "./toaster.ts";
import type { VirtualDomain } from "./virtual-domains.ts";

export interface OwnDomains {
  readonly domains: ReadonlyMap<Domain, From<DraftDomain>>;
  /** Those of `control/locals`: their mail is for users of the system and for qmail's aliases. */
  readonly locals: readonly Domain[];
}

export interface DomainSources {
  readonly toaster: Toaster;
  readonly routes: SmtpRoutes;
  readonly virtual: ReadonlyMap<Domain, VirtualDomain>;
  /** vpopmail's domains, and their other names. */
  readonly vpopmail: ReadonlyMap<Domain, At>;
  readonly hostname: From<Domain> | undefined;
}

const mailboxes: DraftDomain = { kind: "mailboxes" };

export function findDomains(sources: DomainSources, report: Report): OwnDomains {
  const { toaster } = sources;
  const accepted = readAccepted(toaster, report);
  const locals = readLocals(sources, report);
  const domains = new Map<Domain, From<DraftDomain>>();
  const own = (domain: Domain, at: At, what: string) => {
    if (domains.has(domain)) return;
    domains.set(domain, { value: mailboxes, at });
    if (accepted === undefined || accepts(accepted, domain))
      report.taken(at, `domains: ${domain}, ${what}`);
    else {
      report.translated(
        at,
        `domains: ${domain}, ${what}; control/rcpthosts has it not, so strangers could not write to it, and now they can`,
      );
    }
  };
  for (const [domain, at] of sources.vpopmail) {
    if (isDelivered(domain, sources)) own(domain, at, "with vpopmail's users");
    else
      report.operator(
        at,
        `${domain} is none of control/virtualdomains, so its mail did not come here; it is left out`,
      );
  }
  for (const [domain, { prefix, at }] of sources.virtual) {
    if (!domains.has(domain) && !prefix.startsWith("alias-")) {
      report.operator(
        at,
        `the mail of ${domain} is for ${quote(prefix)}, a user of the system, who gets no account by this: add one for each address there`,
      );
    }
    own(domain, at, "a virtual domain of qmail's");
  }
  for (const [domain, at] of locals) {
    own(domain, at, "with qmail's aliases; users of the system get no accounts by this");
  }
  for (const [domain, at] of accepted?.names ?? []) {
    if (!domains.has(domain)) handOn(domain, at, { sources, domains, report });
  }
  return { domains, locals: [...locals.keys()] };
}

/** Without qmail's file there is nothing to compare with. */
function isDelivered(domain: Domain, { toaster, virtual }: DomainSources): boolean {
  return !toaster.control.has("virtualdomains") || virtual.has(domain);
}

/** A missing file means the host's own name. */
function readLocals(sources: DomainSources, report: Report): ReadonlyMap<Domain, At> {
  const { toaster, hostname } = sources;
  const file = toaster.control.get("locals");
  if (file === undefined) {
    return new Map(toaster.qmail === undefined || !hostname ? [] : [[hostname.value, hostname.at]]);
  }
  return readNames(file, report).names;
}

interface Names {
  readonly names: ReadonlyMap<Domain, At>;
  /** `.example.net`: every name that ends so. */
  readonly suffixes: ReadonlyMap<string, At>;
}

/** Whom qmail-smtpd took mail for; undefined where it was everybody. */
function readAccepted(toaster: Toaster, report: Report): Names | undefined {
  if (toaster.qmail === undefined) return undefined;
  const file = toaster.control.get("rcpthosts");
  if (file === undefined) {
    report.operator(
      { path: `${toaster.qmail}/control/rcpthosts` },
      "it is missing, which makes qmail relay for everybody (an open relay); here mail is taken for the domains below, and whoever else relied on it must log in or be named in relay.networks",
    );
    return undefined;
  }
  const all = [readNames(file, report), readMore(toaster, report)];
  const accepted: Names = {
    names: new Map(all.flatMap(({ names }) => [...names])),
    suffixes: new Map(all.flatMap(({ suffixes }) => [...suffixes])),
  };
  for (const [suffix, at] of accepted.suffixes) {
    report.operator(
      at,
      `a domain is named whole here: list each that ends in ${suffix} under \`domains\``,
    );
  }
  return accepted;
}

/** The compiled form is what qmail-smtpd looks at. */
function readMore(toaster: Toaster, report: Report): Names {
  const text = toaster.control.get("morercpthosts");
  const compiled = toaster.control.get("morercpthosts.cdb");
  if (compiled === undefined) {
    if (text === undefined) return { names: new Map(), suffixes: new Map() };
    report.translated(
      text,
      "it was never compiled (qmail-newmrh), so qmail did not look at it; it is read all the same",
    );
    return readNames(text, report);
  }
  const records = finish(readCdb(octetsOf(compiled.text)));
  if (!records.ok) {
    report.operator(compiled, `${records.problem}; make it again with qmail-newmrh`);
    return text === undefined ? { names: new Map(), suffixes: new Map() } : readNames(text, report);
  }
  const lines = records.value.map(({ key }) => textOf(key));
  return sortNames(
    lines.map((name) => ({ text: name, at: { path: compiled.path } })),
    report,
  );
}

function readNames(file: InstalledFile, report: Report): Names {
  return sortNames(controlLines(file, report), report);
}

function sortNames(lines: readonly { text: string; at: At }[], report: Report): Names {
  const names = new Map<Domain, At>();
  const suffixes = new Map<string, At>();
  for (const { text, at } of lines) {
    const name = text.toLowerCase();
    const domain = readDomain(name.replace(/^\./, ""));
    if (!domain.ok) report.operator(at, `${quote(text)} is no domain, so it is left out`);
    else if (name.startsWith(".")) suffixes.set(name, at);
    else if (names.has(domain.value)) report.leftOut(at, `${domain.value} stands there twice`);
    else names.set(domain.value, at);
  }
  return { names, suffixes };
}

function accepts({ names, suffixes }: Names, domain: Domain): boolean {
  return names.has(domain) || [...suffixes.keys()].some((suffix) => domain.endsWith(suffix));
}

interface HandingOn {
  readonly sources: DomainSources;
  readonly domains: Map<Domain, From<DraftDomain>>;
  readonly report: Report;
}

/** A domain that is accepted and is not ours: we are its secondary MX, or a gateway before it. */
function handOn(domain: Domain, at: At, { sources, domains, report }: HandingOn): void {
  const route = hostFor(sources.routes, domain);
  const host = route?.value;
  if (host === undefined) {
    report.operator(
      at,
      `${domain} is accepted and no mailbox of it is here: this host is its secondary MX; write \`${domain}: { relay-to: "HOST" }\` under \`domains\`, with its primary MX`,
    );
    return;
  }
  report.translated(at, `domains: ${domain} is handed on to ${host}`);
  domains.set(domain, { value: { kind: "relay", host }, at: route?.at ?? at });
}
