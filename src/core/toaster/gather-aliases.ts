// All aliases of an installation: .qmail files of vpopmail's domains and of qmail's user alias, and
// vpopmail's table of them.

import { type Domain, parseDomain } from "../mail/domain.ts";
import type { Alias } from "./aliases.ts";
import { readDeliveries } from "./dot-qmail.ts";
import type { Report } from "./report.ts";
import type { DotQmail, Toaster } from "./toaster.ts";
import type { VirtualDomain } from "./virtual-domains.ts";

export interface AliasPlaces {
  readonly toaster: Toaster;
  readonly locals: readonly Domain[];
  readonly virtual: ReadonlyMap<Domain, VirtualDomain>;
}

export function gatherAliases(places: AliasPlaces, report: Report): readonly Alias[] {
  return [...fromDomains(places, report), ...fromQmail(places, report), ...fromTable(places)];
}

function fromDomains({ toaster }: AliasPlaces, report: Report): readonly Alias[] {
  return toaster.domains.flatMap(({ name, folder, dotQmails }) => {
    const domain = parseDomain(name);
    if (domain === undefined) return [];
    return dotQmails.flatMap((file) => aliasOf(file, file.name, { domain, folder }, report));
  });
}

/** `.qmail-NAME` is for the local domains, `.qmail-PREFIX-NAME` for a virtual one with `alias-PREFIX`. */
function fromQmail({ toaster, locals, virtual }: AliasPlaces, report: Report): readonly Alias[] {
  const folder = `${toaster.qmail ?? ""}/alias`;
  const prefixed = [...virtual].flatMap(([domain, { prefix }]) => {
    const [, name] = /^alias-(.+)$/.exec(prefix) ?? [];
    return name === undefined ? [] : [{ domain, prefix: `${name.toLowerCase()}-` }];
  });
  return toaster.aliases.flatMap((file) => {
    const meant = prefixed.filter(({ prefix }) => file.name.startsWith(prefix));
    const domains = meant.length > 0 ? meant : locals.map((domain) => ({ domain, prefix: "" }));
    return domains.flatMap(({ domain, prefix }) =>
      aliasOf(file, file.name.slice(prefix.length), { domain, folder }, report),
    );
  });
}

function aliasOf(
  file: DotQmail,
  name: string,
  { domain, folder }: Pick<Alias, "domain" | "folder">,
  report: Report,
): readonly Alias[] {
  const at = { path: file.path };
  const local = name.toLowerCase().replaceAll(":", ".");
  if (local.endsWith("-default")) {
    const start = local.slice(0, -"default".length);
    report.operator(
      at,
      `it is for every address at ${domain} that begins with ${start}, which cannot be said here (a mailing list has such files); it is left out`,
    );
    return [];
  }
  const deliveries = readDeliveries(file.text);
  return [{ local: local === "default" ? undefined : local, domain, deliveries, folder, at }];
}

/** Several lines of one address are several deliveries. */
function fromTable({ toaster }: AliasPlaces): readonly Alias[] {
  const { database, databaseFile } = toaster;
  if (database === undefined) return [];
  const lines = new Map<string, string[]>();
  for (const { local, domain, line } of database.aliases) {
    const name = `${local.toLowerCase()}@${domain.toLowerCase()}`;
    lines.set(name, [...(lines.get(name) ?? []), line]);
  }
  return [...lines].flatMap(([name, texts]) => {
    const at = name.lastIndexOf("@");
    const domain = parseDomain(name.slice(at + 1));
    if (domain === undefined) return [];
    const deliveries = readDeliveries(texts.join("\n"));
    const path = databaseFile?.path ?? "vpopmail.mysql";
    return [{ local: name.slice(0, at), domain, deliveries, folder: "/", at: { path } }];
  });
}
