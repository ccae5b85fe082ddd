// The address rules of a running server. A file is read again when it changes; a bad one changes
// nothing, and the log says why.

import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { AddressRuleSettings } from "../../core/config/settings.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { readRulesFile, type Stamp, stampOf } from "../../io/classic/rules-file.ts";
import { watchFile } from "../../io/classic/watch-file.ts";
import type { Log } from "../../server/log.ts";
import { readAddressRules, readNamedFile } from "../address-rules.ts";

export interface OpenRules {
  /** Those that hold for clients who come now. */
  current(): AddressRules;
  close(): void;
}

/** Milliseconds between two looks at the file. */
const lookEvery = 1_000;

/** @throws {ConfigurationError} where the rules cannot be read now. */
export async function openAddressRules(
  settings: AddressRuleSettings | undefined,
  log: Log,
): Promise<OpenRules> {
  if (settings?.kind !== "file") {
    const { rules, warnings } = await readAddressRules(settings);
    tell(warnings, log);
    return { current: () => rules, close() {} };
  }
  const { path } = settings;
  const first = await readNamedFile(settings);
  tell(first.warnings, log);
  let { rules } = first;

  async function readAgain(stamp: Stamp): Promise<void> {
    const read = await readRulesFile(path);
    if ((await stampOf(path)) !== stamp) return; // it is being written again: the watch sees that, too
    if (!read.ok) {
      const [problem, ...more] = read.problem.map(formatProblem);
      const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
      log.error({ event: "rules-refused", file: path }, `the old rules hold on: ${problem}${rest}`);
    } else {
      ({ rules } = read.value);
      tell(read.value.warnings, log);
      log.info({ event: "rules-read", file: path }, "the new address rules are in place");
    }
  }

  const watch = watchFile({ path, stamp: first.stamp, interval: lookEvery, onChange: readAgain });
  return { current: () => rules, close: () => watch.close() };
}

function tell(warnings: readonly ConfigurationProblem[], log: Log): void {
  for (const warning of warnings) log.warn({ event: "rules-warning" }, formatProblem(warning));
}
