// Brings a draft to what may be served: it is read and proven by the functions that `check` and `start`
// use, and what they refuse is taken out, with what they say about it.

import { parseConfiguration } from "../../core/config/parse.ts";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import { type Finding, formatFinding } from "../../core/policy/proof/finding.ts";
import { problemsOf, warningsOf } from "../../core/policy/proof/prove.ts";
import { noRules } from "../../core/rules/builder.ts";
import { readRulesText } from "../../core/rules/text.ts";
import { formatDraft } from "../../core/toaster/document.ts";
import type { Draft } from "../../core/toaster/draft.ts";
import { counted, type Report } from "../../core/toaster/report.ts";
import { asNetworks, reportWarnings, withoutLines } from "../../core/toaster/rules.ts";
import { runInSlices } from "../../io/process/slices.ts";
import { proveSettings } from "../proof.ts";
import { dropKey } from "./drop.ts";

export interface SettleOptions {
  /** Of the configuration's text, a line each. */
  readonly head: readonly string[];
  /** The configuration's path, as messages name it, and its folder. */
  readonly file: string;
  readonly folder: string;
  readonly report: Report;
}

export interface Settled {
  readonly draft: Draft;
  readonly text: string;
  /** Why it may not be served all the same; empty where it may. */
  readonly problems: readonly string[];
}

/** Each round takes out all that it finds. */
const mostRounds = 100;
/** Octets of a configuration that are read. */
const largest = 1024 * 1024;

export async function settle(start: Draft, options: SettleOptions): Promise<Settled> {
  let draft = start;
  let problems: readonly string[] = [];
  for (let round = 0; round < mostRounds; round++) {
    // oxlint-disable-next-line no-await-in-loop -- each round begins where the last one ended
    const next = await improve(draft, options);
    if (next.kind === "end") {
      problems = next.problems;
      break;
    }
    draft = next.draft;
  }
  const text = formatDraft(draft, options.head);
  return { draft, text, problems };
}

/** A draft with something changed, or, where nothing is left to change, what is still wrong. */
type Step =
  | { readonly kind: "change"; readonly draft: Draft }
  | { readonly kind: "end"; readonly problems: readonly string[] };

function change(draft: Draft): Step {
  return { kind: "change", draft };
}

function end(...problems: readonly string[]): Step {
  return { kind: "end", problems };
}

async function improve(draft: Draft, options: SettleOptions): Promise<Step> {
  const { file, folder, report } = options;
  const text = formatDraft(draft, options.head);
  if (Buffer.byteLength(text) > largest) {
    return end(
      "it is larger than 1 MB, which is not read; add domains with `bailiwick domain add` instead",
    );
  }
  const settings = parseConfiguration(text, { file, folder });
  if (!settings.ok) return withoutProblems(draft, settings.problem, report);
  const proven = await withoutOpenRelays(draft, settings.value, options);
  if (proven !== undefined) return proven;
  return simplified(draft, report);
}

function withoutProblems(
  draft: Draft,
  problems: readonly ConfigurationProblem[],
  report: Report,
): Step {
  // One at a time: list positions move when an item goes.
  for (const problem of problems) {
    const dropped = dropKey(draft, problem.key);
    if (dropped === undefined) continue;
    report.operator(
      dropped.at,
      `left out, because it may not stand in a configuration: ${problem.text}`,
    );
    return change(dropped.draft);
  }
  return end(...problems.map(formatProblem));
}

/** Undefined where nobody relays who should not. */
async function withoutOpenRelays(
  draft: Draft,
  settings: Settings,
  { file, report }: SettleOptions,
): Promise<Step | undefined> {
  const proof = await proveSettings(settings, await rulesOf(draft));
  const problems = problemsOf(proof.findings);
  if (problems.length === 0) {
    // Networks are the last form that rules take; before that the same would be said twice.
    const isLast = draft.rules === undefined || draft.settledRules;
    for (const warning of isLast ? warningsOf(proof.findings) : []) {
      report.translated(placeOf(warning, draft), warning.text);
    }
    return undefined;
  }
  const lines = problems.flatMap(({ place }) =>
    place !== undefined && place.file === draft.rules?.at.path ? [place.line] : [],
  );
  const networks = problems.flatMap(({ place }) =>
    settings.relay.networks.flatMap((network, index) =>
      place?.file === file && network.place.line === place.line ? [index] : [],
    ),
  );
  if (lines.length === 0 && networks.length === 0) return end(...problems.map(formatFinding));
  for (const problem of problems) {
    report.operator(
      placeOf(problem, draft),
      `left out, because strangers could relay: ${problem.text}`,
    );
  }
  return change({
    ...draft,
    ...(draft.rules && { rules: { ...draft.rules, text: withoutLines(draft.rules.text, lines) } }),
    networks: draft.networks.filter((_, index) => !networks.includes(index)),
  });
}

async function rulesOf({ rules }: Draft) {
  if (rules === undefined) return noRules().rules;
  const read = await runInSlices(readRulesText(rules.text, rules.at.path));
  return read.ok ? read.value.rules : noRules().rules;
}

function placeOf({ place }: Finding, { rules, networks }: Draft) {
  if (place !== undefined && place.file === rules?.at.path)
    return { path: place.file, line: place.line };
  return networks[0]?.at ?? rules?.at ?? { path: place?.file ?? "" };
}

/** Rules that only let networks relay are written as networks; others stay rules, in a copy. */
function simplified(draft: Draft, report: Report): Step {
  const { rules, networks } = draft;
  if (rules === undefined || draft.settledRules) return end();
  reportWarnings(rules, report);
  const plain = asNetworks(rules);
  if (plain === undefined) {
    report.taken(
      rules.at,
      "relay.rules: a copy of it beside the configuration, with comments in place of what is left out",
    );
    return change({ ...draft, settledRules: true });
  }
  report.translated(
    rules.at,
    `relay.networks: its rules let ${counted(plain.length, "network")} relay and do nothing else, so they stand in the configuration`,
  );
  return change({ ...draft, rules: undefined, networks: [...networks, ...plain] });
}
