// The address rules (tcp.smtp) as they can be served: what makes the file void is taken out, line by
// line, so that the numbers of the others stay.

import type { ConfigurationProblem } from "../config/problem.ts";
import { formatPrefix } from "../mail/ip.ts";
import { readCdb } from "../rules/cdb.ts";
import { compileRules } from "../rules/compile.ts";
import { dumpRules } from "../rules/dump.ts";
import { type ListedRule, listRules } from "../rules/enumerate.ts";
import { octetsOf, textOf } from "../rules/records.ts";
import { readRulesText } from "../rules/text.ts";
import { finish } from "../work.ts";
import type { DraftRules, From } from "./draft.ts";
import type { InstalledFile } from "./file.ts";
import { listed, quote, type Report } from "./report.ts";
import type { Toaster } from "./toaster.ts";

export function findRules(toaster: Toaster, report: Report): DraftRules | undefined {
  const { rules, compiledRules } = toaster;
  if (rules === undefined) return compiledRules && decompile(compiledRules, report);
  const at = { path: rules.path };
  const text = withoutFaults(readable(rules, report), rules.path, report);
  if (compiledRules !== undefined) compare(text, compiledRules, toaster, report);
  return { text, at };
}

/** Compiled alone: its records as lines. */
function decompile(file: InstalledFile, report: Report): DraftRules | undefined {
  const dumped = finish(dumpRules(octetsOf(file.text), file.path));
  if (dumped.ok) {
    report.translated(file, "relay.rules: its text is missing, so it is made of the compiled file");
    return { text: dumped.value, at: { path: file.path } };
  }
  for (const problem of dumped.problem) report.operator(atOf(problem), problem.text);
  return undefined;
}

function readable({ path, text }: InstalledFile, report: Report): string {
  if (!text.includes("\r\n")) return text;
  report.translated(
    { path },
    "its lines end in CR LF, with which tcprules refuses the file; they are read without",
  );
  return text.replaceAll("\r\n", "\n");
}

/** Rounds in which faults are taken out: each finds a hundred. */
const mostRounds = 100;

function withoutFaults(text: string, path: string, report: Report): string {
  let kept = text;
  for (let round = 0; round < mostRounds; round++) {
    const lines = kept.split("\n");
    const binary = lines.flatMap((line, index) => (line.includes("\0") ? [index + 1] : []));
    for (const line of binary)
      report.operator({ path, line }, "there is a NUL in this line, so it is left out");
    if (binary.length > 0) kept = withoutLines(kept, binary);
    const read = finish(readRulesText(kept, path));
    if (read.ok) return kept;
    const faults = read.problem.flatMap(({ position }) => (position ? [position.line] : []));
    for (const problem of read.problem) {
      report.operator(
        atOf(problem),
        `${problem.text}; tcprules refuses the file for it, so an older one is in force; the line is left out`,
      );
    }
    if (faults.length === 0) break;
    kept = withoutLines(kept, faults);
  }
  return "";
}

/** What does not count, or not as its writer may have thought. What a line does not do here it did not
 * do there either; but for a RELAYCLIENT with a value. */
export function reportWarnings({ text, at }: DraftRules, report: Report): void {
  const read = finish(readRulesText(text, at.path));
  for (const warning of read.ok ? read.value.warnings : []) {
    if (warning.text.startsWith("RELAYCLIENT")) report.operator(atOf(warning), warning.text);
    else report.leftOut(atOf(warning), warning.text);
  }
}

function atOf({ file, position }: ConfigurationProblem) {
  return { path: file, ...(position && { line: position.line }) };
}

/** The same text, with comments in place of the lines. */
export function withoutLines(text: string, lines: readonly number[]): string {
  const gone = new Set(lines);
  return text
    .split("\n")
    .map((line, index) =>
      // oxlint-disable-next-line no-control-regex -- control characters are the point
      gone.has(index + 1) ? `# left out: ${line.replace(/[\u0000-\u001f]/g, "?")}` : line,
    )
    .join("\n");
}

/** The compiled file is what was in force. vpopmail adds to it who has just read mail. */
function compare(text: string, file: InstalledFile, { openSmtp }: Toaster, report: Report): void {
  const compiled = finish(readCdb(octetsOf(file.text)));
  const made = finish(compileRules(text, file.path));
  if (!compiled.ok) return report.leftOut(file, `${compiled.problem}; the text is taken`);
  const wanted = made.ok ? finish(readCdb(made.value)) : made;
  if (!wanted.ok) return;
  const inText = new Set(wanted.value.map(asText));
  const inForce = new Set(compiled.value.map(asText));
  const grants = new Set((openSmtp?.text ?? "").split("\n").map((line) => line.split(":")[0]));
  const unwritten = compiled.value.filter(
    (record) => !inText.has(asText(record)) && !grants.has(textOf(record.key)),
  );
  const uncompiled = [...inText].filter((record) => !inForce.has(record));
  if (unwritten.length === 0 && uncompiled.length === 0) {
    return report.leftOut(file, "its text is taken, which says the same");
  }
  report.operator(
    file,
    [
      "it is what was in force, and it is not what its text says",
      ...(unwritten.length > 0 ? [`not in the text: ${keysOf(unwritten.map(asText))}`] : []),
      ...(uncompiled.length > 0 ? [`in the text alone: ${keysOf(uncompiled)}`] : []),
      "the text is taken",
    ].join("; "),
  );
}

function asText({ key, value }: { readonly key: Uint8Array; readonly value: Uint8Array }): string {
  return `${textOf(key)}\0${textOf(value)}`;
}

function keysOf(records: readonly string[]): string {
  return listed(records.map((each) => quote(each.slice(0, each.indexOf("\0")))));
}

/** Networks that are written out in the configuration itself. */
const mostNetworks = 64;

/** The networks of rules that let them relay and do nothing else; undefined where rules do more than
 * that, and must stay rules. */
export function asNetworks({ text, at }: DraftRules): readonly From<string>[] | undefined {
  const read = finish(readRulesText(text, at.path));
  if (!read.ok) return undefined;
  const networks: From<string>[] = [];
  for (const { pattern, verdict, rule } of listRules(read.value.rules)) {
    if (isIdle(verdict) && pattern.kind === "default") continue;
    const isGrant = verdict.access === "allow" && verdict.relay && verdict.maxSize === undefined;
    if (!isGrant || networks.length === mostNetworks) return undefined;
    const network = networkOf(pattern);
    if (network === undefined) return undefined;
    networks.push({ value: network, at: { path: at.path, line: rule.place.line } });
  }
  return networks;
}

function isIdle(verdict: ListedRule["verdict"]): boolean {
  return (
    verdict.access === "allow" &&
    !verdict.relay &&
    !verdict.skipsBlocklists &&
    verdict.maxSize === undefined
  );
}

function networkOf(pattern: ListedRule["pattern"]): string | undefined {
  switch (pattern.kind) {
    case "address":
      return formatPrefix({ ...pattern, length: pattern.address.octets.length * 8 });
    case "network":
      return formatPrefix(pattern.prefix);
    case "host":
    case "suffix":
    case "any-host":
    case "default":
      return undefined;
  }
}

/** The addresses of rules that let somebody relay, as they are written. */
export function grantingAddresses({ text, at }: DraftRules): readonly string[] {
  const read = finish(readRulesText(text, at.path));
  if (!read.ok) return [];
  const granting = [...listRules(read.value.rules)].flatMap(({ rule, verdict }) =>
    verdict.access === "allow" && verdict.relay ? [rule.address] : [],
  );
  const all = [...new Set(granting)].toSorted();
  return all.map((address) => (address === "" ? "everybody" : address));
}
