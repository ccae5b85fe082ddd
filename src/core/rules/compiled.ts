// A rules file in its compiled form (tcp.smtp.cdb). In places, the number of a record stands for a
// line's.

import type { ConfigurationProblem } from "../config/problem.ts";
import { bad, good, type Result } from "../result.ts";
import { stride, type Work } from "../work.ts";
import { type ReadRules, RulesBuilder } from "./builder.ts";
import { readCdb } from "./cdb.ts";
import { Findings } from "./findings.ts";
import type { Instruction } from "./instruction.ts";
import { addressOfKey, readKey, readValue, textOf } from "./records.ts";
import { mostEntries } from "./text.ts";

type Problems = readonly ConfigurationProblem[];

/** Reads a compiled rules file. */
export function* readCompiledRules(
  octets: Uint8Array,
  file: string,
): Work<Result<ReadRules, Problems>> {
  const records = yield* readCdb(octets);
  if (!records.ok) return bad([unreadable(file, records.problem)]);
  const faults = new Findings();
  const builder = new RulesBuilder();
  const instructions = new Map<string, Result<Instruction, string>>();
  for (const [index, record] of records.value.entries()) {
    if (index % stride === 0) yield;
    const place = { file, line: index + 1, column: 1 };
    const value = textOf(record.value);
    const instruction = instructions.get(value) ?? readValue(value);
    instructions.set(value, instruction);
    if (!instruction.ok) {
      faults.add(place, `record ${index + 1} is no rule: ${instruction.problem}`);
    } else if (index === mostEntries) {
      faults.add(place, `there are more than ${mostEntries} records, which is too many`);
    } else {
      const key = textOf(record.key);
      for (const { text } of instruction.value.remarks) builder.warn(place, text);
      builder.add({ address: addressOfKey(key), instruction: instruction.value, place }, [
        readKey(key),
      ]);
    }
    if (faults.isFull) break;
  }
  const found = faults.inOrder();
  return found.length > 0 ? bad(found) : good(yield* builder.finish());
}

/** A file that is no whole cdb. */
export function unreadable(file: string, why: string): ConfigurationProblem {
  return { file, key: "", text: `this cdb cannot be read: ${why}; compile it again` };
}
