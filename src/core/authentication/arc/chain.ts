// The chain of those who have handled a message and vouch for what they received (RFC 8617): sets of three
// fields each, numbered from 1. What breaks a chain before any key is asked for is found here.

import { type HeaderField, valueOf } from "../../mail/header-fields.ts";
import { bad, good, type Result } from "../../result.ts";
import { canonicalField, unsignedField } from "../dkim/canonical-header.ts";
import {
  type MessageSignature,
  readMessageSignature,
  readSignature,
  type Signature,
} from "../dkim/signature.ts";
import { parseTagList, type TagList } from "../dkim/tag-list.ts";

export interface ArcChain {
  /** Those of the last one who handled it: over the message as it was then. */
  readonly message: MessageSignature;
  /** One a set, the last first. */
  readonly seals: readonly ArcSeal[];
  /** In their order. */
  readonly sets: readonly ArcSet[];
  /** What the first one found, as text behind the number. */
  readonly firstResults: string;
}

export interface ArcSeal extends Signature {
  readonly instance: number;
}

/** §5.1.1: longer ones are no chains. */
const longest = 50;

const kinds = ["arc-authentication-results", "arc-message-signature", "arc-seal"] as const;

type Kind = (typeof kinds)[number];
type ArcSet = Readonly<Record<Kind, HeaderField>>;

/** Undefined where there is none; the problem says what breaks the chain (§5.2, steps 1 to 3). */
export function readArcChain(fields: readonly HeaderField[]): Result<ArcChain, string> | undefined {
  const own = fields.filter(isArcField);
  if (own.length === 0) return undefined;
  const sets = collectSets(own);
  if (!sets.ok) return sets;
  const seals: ArcSeal[] = [];
  for (const [index] of sets.value.entries()) {
    const seal = readSeal(sets.value, index + 1);
    if (!seal.ok) return bad(`i=${index + 1}: ${seal.problem}`);
    seals.unshift(seal.value);
  }
  const message = readLastMessage(sets.value.at(-1));
  if (!message.ok) return message;
  const firstResults = resultsOf(sets.value[0]);
  return good({ message: message.value, seals, sets: sets.value, firstResults });
}

function isArcField(field: HeaderField): boolean {
  return (kinds as readonly string[]).includes(field.name);
}

/** The sets in their order, all there and each whole. */
function collectSets(fields: readonly HeaderField[]): Result<readonly ArcSet[], string> {
  const sets = new Map<number, Partial<Record<Kind, HeaderField>>>();
  for (const field of fields) {
    const kind = kinds.find((one) => one === field.name) ?? "arc-seal";
    const instance = instanceOf(field);
    if (instance === undefined) return bad("a field has no number");
    const set = sets.get(instance) ?? {};
    if (set[kind] !== undefined) return bad(`i=${instance}: ${kind} is there twice`);
    set[kind] = field;
    sets.set(instance, set);
  }
  const whole: ArcSet[] = [];
  for (let instance = 1; instance <= sets.size; instance++) {
    const set = sets.get(instance);
    if (set === undefined || !isWhole(set)) return bad(`i=${instance}: the set is not whole`);
    whole.push(set);
  }
  return whole.length > longest ? bad("the chain is too long") : good(whole);
}

function isWhole(set: Partial<Record<Kind, HeaderField>>): set is ArcSet {
  return kinds.every((kind) => set[kind] !== undefined);
}

function instanceOf(field: HeaderField): number | undefined {
  const text =
    field.name === "arc-authentication-results"
      ? /^[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,4})[ \t\r\n]*;/.exec(valueOf(field))?.[1]
      : parseTagList(valueOf(field))?.get("i");
  if (text === undefined || !/^[0-9]{1,4}$/.test(text) || Number(text) < 1) return undefined;
  return Number(text);
}

/** What a seal is over: all sets up to its own (§5.1.1.1). One character is one octet. Made when it is
 * needed: of a long chain, all of them are many times its length. */
export function sealedText({ sets }: ArcChain, { instance, field }: ArcSeal): string {
  const before = sets
    .slice(0, instance)
    .flatMap((one) => kinds.map((kind) => one[kind]))
    .slice(0, -1)
    .map((one) => canonicalField(one, "relaxed"));
  return before.join("") + unsignedField(field, "relaxed");
}

/** §5.1.1. */
function readSeal(sets: readonly ArcSet[], instance: number): Result<ArcSeal, string> {
  const set = sets[instance - 1];
  const tags = set && parseTagList(valueOf(set["arc-seal"]));
  if (set === undefined || tags === undefined) return bad("its seal cannot be read");
  const state = (tags.get("cv") ?? "").toLowerCase();
  if (state !== (instance === 1 ? "none" : "pass")) return bad(`its seal says cv=${state}`);
  if (tags.has("h") || tags.has("bh")) return bad("its seal is over other fields");
  const signature = readSignature(set["arc-seal"], tags);
  if (!signature.ok) return bad(`of its seal: ${signature.problem.why}`);
  return good({ ...signature.value, instance });
}

function readLastMessage(set: ArcSet | undefined): Result<MessageSignature, string> {
  const field = set?.["arc-message-signature"];
  const tags: TagList | undefined = field && parseTagList(valueOf(field));
  if (field === undefined || tags === undefined) return bad("the last signature cannot be read");
  const read = readMessageSignature(field, tags);
  if (!read.ok) return bad(`of the last signature: ${read.problem.why}`);
  // §4.1.2.
  if (read.value.names.includes("arc-seal")) return bad("the last signature is over a seal");
  return read;
}

function resultsOf(set: ArcSet | undefined): string {
  const value = set === undefined ? "" : valueOf(set["arc-authentication-results"]);
  return value.slice(value.indexOf(";") + 1).replaceAll("\r\n", "");
}
