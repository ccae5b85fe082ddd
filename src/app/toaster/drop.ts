// Takes one value out of a draft, by the key that a problem of the configuration names.

import type { Draft } from "../../core/toaster/draft.ts";
import type { At } from "../../core/toaster/report.ts";

export interface Dropped {
  readonly draft: Draft;
  /** Where the value came from. */
  readonly at: At;
}

/** Undefined where the draft has no such value, or cannot do without it.
 * @param key as `formatKey` writes it: `routes[1].via`, `domains["example.org"].relay-to` */
export function dropKey(draft: Draft, key: string): Dropped | undefined {
  const [, section = "", rest = ""] = /^([a-z-]+)(.*)$/s.exec(key) ?? [];
  switch (section) {
    case "routes":
    case "blocklists":
    case "logins":
      return dropItem(draft, section, indexIn(rest));
    case "relay":
      return rest.startsWith(".networks")
        ? dropItem(draft, "networks", indexIn(rest.slice(".networks".length)))
        : dropOne(draft, rest.startsWith(".roaming") ? "roaming" : undefined);
    case "domains":
      return dropDomain(draft, nameIn(rest));
    case "listeners":
      return dropListener(draft, nameIn(rest));
    case "limits":
      return dropLimit(draft, nameIn(rest));
    case "queue":
      return dropOne(draft, "giveUpAfter");
    case "tls":
      return dropOne(draft, "certificate");
    case "postmaster":
      return dropOne(draft, "postmaster");
    default:
      return undefined;
  }
}

function indexIn(rest: string): number {
  return Number(/^\[([0-9]+)\]/.exec(rest)?.[1] ?? -1);
}

/** `.name` or `["name"]`. */
function nameIn(rest: string): string {
  const { bare, quoted } = /^(?:\.(?<bare>[\w-]+)|\["(?<quoted>[^"]*)"\])/.exec(rest)?.groups ?? {};
  return bare ?? quoted ?? "";
}

function dropItem(
  draft: Draft,
  list: "routes" | "blocklists" | "logins" | "networks",
  index: number,
): Dropped | undefined {
  const item = draft[list][index];
  if (item === undefined) return undefined;
  return { draft: { ...draft, [list]: draft[list].filter((each) => each !== item) }, at: item.at };
}

function dropOne(
  draft: Draft,
  key: "roaming" | "giveUpAfter" | "certificate" | "postmaster" | undefined,
): Dropped | undefined {
  const value = key && draft[key];
  return key && value && { draft: { ...draft, [key]: undefined }, at: value.at };
}

function dropDomain(draft: Draft, name: string): Dropped | undefined {
  const domain = draft.domains.get(name);
  if (domain === undefined) return undefined;
  const domains = new Map([...draft.domains].filter(([other]) => other !== name));
  return { draft: { ...draft, domains }, at: domain.at };
}

function dropListener(draft: Draft, name: string): Dropped | undefined {
  const listener = draft.listeners.find((each) => each.name === name);
  if (listener === undefined) return undefined;
  const listeners = draft.listeners.filter((each) => each !== listener);
  return { draft: { ...draft, listeners }, at: listener.at ?? { path: `listener ${name}` } };
}

function dropLimit(draft: Draft, name: string): Dropped | undefined {
  const limit = draft.limits.find(({ value: [key] }) => key === name);
  if (limit === undefined) return undefined;
  return {
    draft: { ...draft, limits: draft.limits.filter((each) => each !== limit) },
    at: limit.at,
  };
}
