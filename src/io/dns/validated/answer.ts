// From a response to what it says of a name: aliases are followed, times to live bounded.

import type { Answer } from "dns-packet";
import type { Result } from "../../../core/result.ts";
import type { Remembered } from "../cache.ts";
import type { Question, Response } from "./packet.ts";

export type DnsAnswer =
  | ({
      readonly kind: "records";
      /** Of the type that was asked for; at least one. */
      readonly records: readonly Answer[];
    } & Found)
  /** The name exists, but has no such records. */
  | ({ readonly kind: "no-records" } & Found)
  /** NXDOMAIN, or a text that cannot be a name. */
  | { readonly kind: "no-such-name"; readonly isSigned: boolean }
  /** Nothing was found out, or what was found is no valid word of its zone. */
  | { readonly kind: "unknown"; readonly why: string };

interface Found {
  /** The server has validated the answer, with all aliases on the way. */
  readonly isSigned: boolean;
  /** The name at the end of the aliases; the name itself where it is none. */
  readonly canonical: string;
}

/** However long an answer would hold by its own word. In ms. */
const longestLifetime = 3_600_000;
/** For an answer that there is nothing, where it does not say how long it holds. In ms. */
const emptyLifetime = 60_000;
/** Octets of an answer that is remembered: what strangers publish must not fill our memory. */
const longestRemembered = 8_192;
/** Aliases that are followed. */
const mostAliases = 12;

export function readAnswer(
  question: Question,
  response: Result<Response, string>,
): Remembered<DnsAnswer> {
  if (!response.ok) {
    return { answer: { kind: "unknown", why: response.problem }, lifetime: 0 };
  }
  const { code, size, isAuthentic: isSigned } = response.value;
  const { canonical, records, aliases } = follow(question, response.value.answers);
  if (records.length > 0) {
    const lives = size > longestRemembered ? [0] : [...aliases, ...records].map(timeToLive);
    const lifetime = shortest(lives);
    return { answer: { kind: "records", isSigned, canonical, records }, lifetime };
  }
  const lifetime = shortest([...aliases.map(timeToLive), emptyFor(response.value)]);
  return code === nxdomain
    ? { answer: { kind: "no-such-name", isSigned }, lifetime }
    : { answer: { kind: "no-records", isSigned, canonical }, lifetime };
}

const nxdomain = 3;

/** What stands at the end of the aliases. */
function follow({ name, type }: Question, answers: readonly Answer[]) {
  const owned = Map.groupBy(answers, (answer) => readName(answer.name));
  const aliases: Answer[] = [];
  let canonical = name;
  for (;;) {
    const own = owned.get(canonical) ?? [];
    const records = own.filter((each) => each.type === type);
    const alias = own.find((each) => each.type === "CNAME");
    const isEnd = records.length > 0 || aliases.length === mostAliases;
    if (isEnd || alias?.type !== "CNAME") return { canonical, records, aliases };
    aliases.push(alias);
    canonical = readName(alias.data);
  }
}

/** In lower case, without a dot at the end. What no host's name may hold is written as its number, so
 * that it can do no harm in a log or a message. The root is empty. */
export function readName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/[^a-z0-9._*-]/g, (odd) => `\\${odd.codePointAt(0) ?? 0}`);
}

/** Milliseconds. */
function timeToLive(answer: Answer): number {
  return "ttl" in answer && answer.ttl !== undefined ? answer.ttl * 1000 : 0;
}

/** RFC 2308 §5. */
function emptyFor({ authorities }: Response): number {
  const start = authorities.find((each) => each.type === "SOA");
  if (start === undefined) return emptyLifetime;
  return Math.min(timeToLive(start), (start.data.minimum ?? 0) * 1000);
}

function shortest(lifetimes: readonly number[]): number {
  return Math.min(longestLifetime, ...lifetimes);
}
