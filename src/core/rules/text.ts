// A rules file in its text form (tcp.smtp, tcprules(1)).

import type { ConfigurationProblem } from "../config/problem.ts";
import type { Place } from "../config/settings.ts";
import { bad, good, type Result } from "../result.ts";
import { stride, type Work } from "../work.ts";
import type { AddressRule } from "./address-rules.ts";
import { type ReadRules, RulesBuilder } from "./builder.ts";
import { Findings } from "./findings.ts";
import { type Instruction, readInstruction } from "./instruction.ts";
import { splitLine } from "./line.ts";
import { readPattern } from "./pattern.ts";
import { expandRange } from "./ranges.ts";
import type { Remark } from "./variables.ts";

/** Addresses and networks of one file, ranges written out. */
export const mostEntries = 2_000_000;

/** Different instructions that are remembered while a file is read. */
const mostInstructions = 10_000;

/** One rule of a text, with its ranges written out: what tcprules makes records of. */
export interface WrittenRule extends AddressRule {
  readonly addresses: readonly string[];
}

export interface TextReader {
  rule(rule: WrittenRule): void;
  /** Something that does not count, or not as its writer may think. */
  warn(place: Place, text: string): void;
}

/** Reads a rules file. Its octets come one to a character (Latin-1), so that a refusal's text is kept
 * as it is. What tcprules refuses is refused here, the file as a whole; what it passes over in
 * silence is a warning. */
export function* readRulesText(
  text: string,
  file: string,
): Work<Result<ReadRules, readonly ConfigurationProblem[]>> {
  const builder = new RulesBuilder();
  const faults = yield* readText(text, file, {
    rule: (rule) => builder.add(rule, rule.addresses.map(readPattern)),
    warn: (place, what) => builder.warn(place, what),
  });
  return faults.length > 0 ? bad(faults) : good(yield* builder.finish());
}

/** Passes every rule to `reader`, in the file's order; returns what makes the file void. */
export function* readText(
  text: string,
  file: string,
  reader: TextReader,
): Work<readonly ConfigurationProblem[]> {
  const faults = new Findings();
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    faults.add(placeAt(text, nul, file), isBinary);
    return faults.inOrder();
  }
  const instructions = new Map<string, Result<Instruction, Remark>>();
  let entries = 0;
  let line = 0;
  for (let start = 0; start < text.length && !faults.isFull; line++) {
    if (line % stride === 0) yield;
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const place = { file, line: line + 1, column: 1 };
    const rule = readLine(text.slice(start, end), place, { instructions, faults, reader });
    entries += rule?.addresses.length ?? 0;
    if (entries > mostEntries) {
      faults.add(
        place,
        `with this line there are more than ${mostEntries} addresses, which is too many`,
      );
      break;
    }
    if (rule !== undefined) reader.rule(rule);
    start = end + 1;
  }
  return faults.inOrder();
}

interface Reading {
  /** Few instructions are written in many lines. */
  readonly instructions: Map<string, Result<Instruction, Remark>>;
  readonly faults: Findings;
  readonly reader: TextReader;
}

function readLine(line: string, place: Place, reading: Reading): WrittenRule | undefined {
  const { faults, reader } = reading;
  const split = splitLine(line);
  if (!split.ok) {
    reader.warn({ ...place, column: split.problem.offset + 1 }, split.problem.text);
    return undefined;
  }
  if (split.value === undefined) return undefined;
  const { address } = split.value;
  const behind = address.length + 2; // the column behind the colon
  const instruction = instructionOf(split.value.instruction, reading);
  if (!instruction.ok) {
    const { offset, text } = instruction.problem;
    faults.add({ ...place, column: behind + offset }, text);
    return undefined;
  }
  const addresses = expandRange(address);
  if (!addresses.ok) {
    faults.add(place, addresses.problem);
    return undefined;
  }
  if (addresses.value.length === 0) reader.warn(place, "the range is empty, so no client is meant");
  for (const { offset, text } of instruction.value.remarks) {
    reader.warn({ ...place, column: behind + offset }, text);
  }
  return { address, addresses: addresses.value, instruction: instruction.value, place };
}

function placeAt(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const isBinary =
  "this is not text: there is a NUL octet; a compiled file is taken for one if its name ends in .cdb";

function instructionOf(text: string, { instructions }: Reading): Result<Instruction, Remark> {
  const known = instructions.get(text);
  if (known !== undefined) return known;
  const read = readInstruction(text);
  if (instructions.size < mostInstructions) instructions.set(text, read);
  return read;
}
