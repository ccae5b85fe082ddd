// An installation in, a draft of the configuration and of the accounts out, with a report on
// everything that was found. Nothing here is proven yet: see app/toaster.

import { type Domain, parseDomain } from "../mail/domain.ts";
import type { ListedForward } from "../forwards/forward-list.ts";
import { type DraftAccount, findAccounts, reportAccounts } from "./accounts.ts";
import { findBlocklists } from "./blocklists.ts";
import { findLifetime, findLimits } from "./bounds.ts";
import { reportOtherFiles } from "./control-files.ts";
import { readDatabaseFile } from "./database-file.ts";
import { findDomains } from "./domains.ts";
import type { Draft } from "./draft.ts";
import { gatherAliases } from "./gather-aliases.ts";
import { findCertificate, findHostname } from "./identity.ts";
import { findListeners } from "./listeners.ts";
import { findLogins } from "./logins.ts";
import type { At, Report } from "./report.ts";
import { findRoaming } from "./roaming.ts";
import { finishRoutes, readRoutes } from "./routes.ts";
import { findRules, grantingAddresses } from "./rules.ts";
import { findServices } from "./services.ts";
import { reportTraps } from "./traps.ts";
import type { Toaster } from "./toaster.ts";
import { type Assignments, readAssign, readVirtualDomains } from "./virtual-domains.ts";

export interface Translation {
  readonly draft: Draft;
  readonly accounts: readonly DraftAccount[];
  readonly forwards: readonly ListedForward[];
}

/** @param whyUnusable why nobody can log in with a stored password; undefined where somebody can. */
export function translate(
  toaster: Toaster,
  whyUnusable: (stored: string) => string | undefined,
  report: Report,
): Translation {
  const hostname = findHostname(toaster, report);
  const services = findServices(toaster);
  const routes = readRoutes(toaster.control.get("smtproutes"), report);
  const virtual = readVirtualDomains(toaster.control.get("virtualdomains"), report);
  const assignments = readAssign(toaster.assign, report);
  const otherNames = findOtherNames(toaster, assignments);
  const vpopmail = new Map([...domainsOf(toaster), ...otherNames.places]);
  const own = findDomains({ toaster, routes, virtual, vpopmail, hostname }, report);
  const withMailboxes = [...own.domains].flatMap(([name, { value }]) =>
    value.kind === "mailboxes" ? [name] : [],
  );
  const aliases = gatherAliases({ toaster, locals: own.locals, virtual }, report);
  const { accounts, forwards, postmaster } = findAccounts(
    {
      toaster,
      aliases,
      locals: own.locals,
      domains: new Set(withMailboxes),
      otherNames: otherNames.real,
      defaultDomain:
        parseDomain(toaster.control.get("defaulthost")?.text.trim() ?? "") ?? hostname?.value,
    },
    report,
  );
  reportAccounts(accounts, { path: `${toaster.vpopmail ?? ""}/domains` }, report);
  const access = readDatabaseFile(toaster.databaseFile, toaster.databaseSocket, report);
  const rules = findRules(toaster, report);
  reportTraps(services, rules === undefined ? [] : grantingAddresses(rules), report);
  const draft: Draft = {
    hostname,
    postmaster,
    listeners: findListeners(toaster, services, report),
    certificate: findCertificate(toaster, report),
    networks: [],
    rules,
    settledRules: false,
    roaming: findRoaming(toaster, services, access, report),
    domains: own.domains,
    logins: findLogins({ toaster, access, services, whyUnusable }, report),
    blocklists: findBlocklists(toaster, services, report),
    routes: finishRoutes(
      routes,
      new Map([...own.domains].map(([name, { value }]) => [name, value])),
      report,
    ),
    limits: findLimits(toaster, services, report),
    giveUpAfter: findLifetime(toaster, report),
  };
  reportOtherFiles(toaster.control, report);
  return { draft, accounts, forwards };
}

function domainsOf({ domains }: Toaster): ReadonlyMap<Domain, At> {
  return new Map(
    domains.flatMap(({ name, folder }) => {
      const domain = parseDomain(name);
      return domain === undefined ? [] : [[domain, { path: folder }] as const];
    }),
  );
}

interface OtherNames {
  readonly real: ReadonlyMap<Domain, Domain>;
  readonly places: ReadonlyMap<Domain, At>;
}

/** As users/assign, links to a domain's folder, and the table `aliasdomains` say. */
function findOtherNames(toaster: Toaster, { domains: assigned }: Assignments): OtherNames {
  const names = [
    ...[...assigned].map(([other, { real, at }]) => ({ other, real, at })),
    ...toaster.domains.flatMap(({ name, links, folder }) =>
      links.map((link) => ({
        other: parseDomain(link),
        real: parseDomain(name),
        at: { path: folder },
      })),
    ),
    ...(toaster.database?.aliasDomains ?? []).map(({ alias, domain }) => ({
      other: parseDomain(alias),
      real: parseDomain(domain),
      at: { path: toaster.databaseFile?.path ?? "vpopmail.mysql" },
    })),
  ];
  const real = new Map<Domain, Domain>();
  const places = new Map<Domain, At>();
  for (const { other, real: holder, at } of names) {
    if (other === undefined || holder === undefined || other === holder || real.has(other))
      continue;
    real.set(other, holder);
    places.set(other, at);
  }
  return { real, places };
}
