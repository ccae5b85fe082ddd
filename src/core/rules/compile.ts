import type { ConfigurationProblem } from "../config/problem.ts";
import { bad, good, type Result } from "../result.ts";
import type { Work } from "../work.ts";
import { type CdbRecord, writeCdb } from "./cdb.ts";
import { recordOf } from "./records.ts";
import { readText } from "./text.ts";

/** Compiles a rules file: to the octet what tcprules makes of it, and for the forms of ucspi-tcp6
 * what that makes. */
export function* compileRules(
  text: string,
  file: string,
): Work<Result<Uint8Array, readonly ConfigurationProblem[]>> {
  const records: CdbRecord[] = [];
  const faults = yield* readText(text, file, {
    rule({ addresses, instruction }) {
      for (const address of addresses) {
        const record = recordOf(address, instruction);
        if (record !== undefined) records.push(record);
      }
    },
    warn() {},
  });
  return faults.length > 0 ? bad(faults) : good(writeCdb(records));
}
