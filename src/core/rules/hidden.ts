import type { AddressRule } from "./address-rules.ts";

/** What a rule hides that the default rule sets, where the rule's writer may not have meant it:
 * rules are not merged. A default that denies, or lets relay, is there to be overridden. */
export function explainHidden(rule: AddressRule, otherwise: AddressRule): string | undefined {
  const { verdict } = rule.instruction;
  const general = otherwise.instruction.verdict;
  if (verdict.access === "deny" || general.access === "deny") return undefined;
  const hidden: string[] = [];
  if (general.maxSize !== undefined && !isSet(rule, "DATABYTES")) hidden.push("DATABYTES");
  if (general.skipsBlocklists && !verdict.skipsBlocklists) hidden.push("RBLSMTPD");
  if (hidden.length === 0) return undefined;
  const names = hidden.join(" and ");
  const where = `the default rule on line ${otherwise.place.line}`;
  return `${where} sets ${names}, which does not hold here: rules are never merged; write it here too if it should`;
}

function isSet({ instruction }: AddressRule, wanted: string): boolean {
  return instruction.variables.some(({ name }) => name === wanted);
}
