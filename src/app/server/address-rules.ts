// The address rules of a running server. A file is read again when it changes; a bad one changes
// nothing, and the log says why.

import { errorText } from "../../core/error-text.ts";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { AddressRuleSettings } from "../../core/config/settings.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { type Stamp, stampOf } from "../../io/classic/rules-file.ts";
import { watchFile } from "../../io/classic/watch-file.ts";
import type { Log } from "../../server/log.ts";
import { type FileSettings, readAddressRules, readNamedFile } from "../address-rules.ts";

export interface OpenRules {
  /** Those that hold for clients who come now. */
  current(): AddressRules;
  close(): void;
}

/** Milliseconds between two looks at the file. */
const lookEvery = 1_000;

export interface RulesOptions {
  readonly log: Log;
  /** Rejects where the rules must not be served, and says why. */
  readonly approve: (rules: AddressRules) => Promise<void>;
}

/** Rejects where the rules cannot be read now, or must not be served. */
export async function openAddressRules(
  settings: AddressRuleSettings | undefined,
  options: RulesOptions,
): Promise<OpenRules> {
  if (settings?.kind === "file") return followFile(settings, options);
  const { rules, warnings } = await readAddressRules(settings);
  if (settings !== undefined) await options.approve(rules);
  tell(warnings, options.log);
  return { current: () => rules, close() {} };
}

async function followFile(
  settings: FileSettings,
  { log, approve }: RulesOptions,
): Promise<OpenRules> {
  const { path } = settings;
  const first = await readNamedFile(settings);
  await approve(first.rules);
  tell(first.warnings, log);
  let { rules } = first;

  async function readAgain(stamp: Stamp): Promise<void> {
    try {
      const next = await readNamedFile(settings);
      await approve(next.rules);
      if ((await stampOf(path)) !== stamp) return; // written again: the watch sees that, too
      ({ rules } = next);
      tell(next.warnings, log);
      log.info({ event: "rules-read", file: path }, "the new address rules are in place");
    } catch (error) {
      if ((await stampOf(path)) !== stamp) return;
      const why = errorText(error).replaceAll("\n", "; ");
      log.error(
        { event: "rules-refused", file: path },
        `the old address rules stay in place: ${why}`,
      );
    }
  }

  const watch = watchFile({ path, stamp: first.stamp, interval: lookEvery, onChange: readAgain });
  return { current: () => rules, close: () => watch.close() };
}

function tell(warnings: readonly ConfigurationProblem[], log: Log): void {
  for (const warning of warnings) log.warn({ event: "rules-warning" }, formatProblem(warning));
}
