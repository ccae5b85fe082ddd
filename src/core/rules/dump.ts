// A compiled file as text again.

import type { ConfigurationProblem } from "../config/problem.ts";
import { bad, good, type Result } from "../result.ts";
import { stride, type Work } from "../work.ts";
import { type CdbRecord, readCdb } from "./cdb.ts";
import { unreadable } from "./compiled.ts";
import { Findings } from "./findings.ts";
import { type Instruction, readInstruction, type Variable } from "./instruction.ts";
import { splitLine } from "./line.ts";
import { expandRange } from "./ranges.ts";
import { addressOfKey, readValue, textOf, valueOf } from "./records.ts";

/** Writes one line for each record; the same records are compiled from them again. Octets come one
 * to a character (Latin-1). */
export function* dumpRules(
  octets: Uint8Array,
  file: string,
): Work<Result<string, readonly ConfigurationProblem[]>> {
  const records = yield* readCdb(octets);
  if (!records.ok) return bad([unreadable(file, records.problem)]);
  const faults = new Findings();
  const lines: string[] = [];
  for (const [index, record] of records.value.entries()) {
    if (index % stride === 0) yield;
    const line = dumpRecord(record);
    if (line.ok) lines.push(`${line.value}\n`);
    else faults.add({ file, line: index + 1, column: 1 }, `record ${index + 1} ${line.problem}`);
    if (faults.isFull) break;
  }
  const found = faults.inOrder();
  return found.length > 0 ? bad(found) : good(lines.join(""));
}

function dumpRecord({ key, value }: CdbRecord): Result<string, string> {
  const instruction = readValue(textOf(value));
  if (!instruction.ok) return bad(`is no rule: ${instruction.problem}`);
  const address = addressOfKey(textOf(key));
  const written = writeInstruction(instruction.value);
  if (written === undefined) return bad("has a value that no line can hold");
  const line = `${address}:${written}`;
  return readsBack(line, address, value) ? good(line) : bad("is one that no line can hold");
}

function writeInstruction({ deny, variables }: Instruction): string | undefined {
  const parts = variables.map(writeVariable);
  if (parts.includes(undefined)) return undefined;
  return [deny ? "deny" : "allow", ...parts].join(",");
}

const quotes = `"'/|!%+#;~^*_abcdefghijklmnopqrstuvwxyz0123456789`.split("");

/** A value stands between two of a character that it does not hold itself. */
function writeVariable({ name, value }: Variable): string | undefined {
  const quote = quotes.find((character) => !value.includes(character));
  return quote === undefined ? undefined : `${name}=${quote}${value}${quote}`;
}

/** Whether the line is read as one rule, with just this address and value. */
function readsBack(line: string, address: string, value: Uint8Array): boolean {
  if (/[\n\0]/.test(line)) return false;
  const split = splitLine(line);
  if (!split.ok || split.value?.address !== address) return false;
  const range = expandRange(address);
  if (!range.ok || range.value.length !== 1 || range.value[0] !== address) return false;
  const instruction = readInstruction(split.value.instruction);
  if (!instruction.ok) return false;
  return textOf(valueOf(instruction.value)) === textOf(value);
}
