// What one rule of a file decides, for people and for programs.

import { type ConfigurationProblem, formatProblem } from "../core/config/problem.ts";
import { formatPlace } from "../core/config/place.ts";
import type { AccessVerdict } from "../core/policy/request.ts";
import { type AddressRule, verdictOf } from "../core/rules/address-rules.ts";

/** One line each, as compilers write them. */
export function describeWarnings(warnings: readonly ConfigurationProblem[]): string {
  return warnings.map((each) => `${formatProblem({ ...each, key: "warning" })}\n`).join("");
}

/** What `rules test` finds. */
export interface TestedRule {
  readonly client: string;
  readonly name: string | null;
  /** Where the rule stands; null where none matches. */
  readonly place: string | null;
  readonly address: string | null;
  readonly access: "allow" | "deny";
  readonly relay: boolean;
  readonly temporary: boolean;
  readonly text: string | null;
  readonly skipsBlocklists: boolean;
  readonly maxSize: number | null;
  /** All that the rule sets, what means nothing here included. */
  readonly variables: Readonly<Record<string, string>>;
  /** The rules could say something else of a client with a name. */
  readonly needsName: boolean;
}

interface Tested {
  readonly client: string;
  readonly name: string | undefined;
  readonly rule: AddressRule | undefined;
  readonly needsName: boolean;
}

export function testedRule({ client, name, rule, needsName }: Tested): TestedRule {
  const verdict = verdictOf(rule);
  const denies = verdict.access === "deny";
  return {
    client,
    name: name ?? null,
    place: rule === undefined ? null : formatPlace(rule.place),
    address: rule?.address ?? null,
    access: verdict.access,
    relay: !denies && verdict.relay,
    temporary: denies && verdict.temporary,
    text: denies ? (verdict.text ?? null) : null,
    skipsBlocklists: !denies && verdict.skipsBlocklists,
    maxSize: denies ? null : (verdict.maxSize ?? null),
    variables: Object.fromEntries(
      (rule?.instruction.variables ?? []).map((variable) => [variable.name, variable.value]),
    ),
    needsName: needsName && name === undefined,
  };
}

export function describeTested({ client, name, rule, needsName }: Tested): string {
  const who = name === undefined ? client : `${client} (${name})`;
  const decides =
    rule === undefined
      ? `no rule is for ${who}`
      : `${formatPlace(rule.place)} decides about ${who}: ${rule.address === "" ? "the default rule" : rule.address}`;
  const lines = [decides, ...effects(verdictOf(rule))];
  for (const { name: set, value } of rule?.instruction.variables ?? []) {
    lines.push(`sets ${set}=${JSON.stringify(value)}`);
  }
  if (needsName && name === undefined) {
    lines.push("a client with a verified name may meet another rule: say --host NAME");
  }
  return lines.map((line) => `${line}\n`).join("");
}

function effects(verdict: AccessVerdict): readonly string[] {
  if (verdict.access === "deny") {
    const when = verdict.temporary ? "refused for now (450)" : "refused (554)";
    return [`all its mail is ${when}${verdict.text === undefined ? "" : `: ${verdict.text}`}`];
  }
  return [
    verdict.relay ? "it may relay to anywhere on port 25" : "it may not relay",
    ...(verdict.skipsBlocklists ? ["no blocklist counts for it"] : []),
    ...(verdict.maxSize === undefined
      ? []
      : [`its messages have at most ${verdict.maxSize} octets`]),
  ];
}
