// `relay.rules`, from the file's values to rules that can be looked up.

import type { AccessVerdict } from "../policy/request.ts";
import { RulesBuilder } from "../rules/builder.ts";
import { type Instruction, instruct, type Variable } from "../rules/instruction.ts";
import { finish } from "../work.ts";
import type { WrittenRule } from "./schema/address-rules.ts";
import type { AddressRuleSettings } from "./settings.ts";
import { placeOf, type Source } from "./source.ts";
import { resolvePath } from "./values/path.ts";

export function composeRules(
  rules: string | readonly WrittenRule[],
  source: Source,
): AddressRuleSettings {
  if (typeof rules === "string") {
    const place = placeOf(source, ["relay", "rules"]);
    return { kind: "file", path: resolvePath(source.folder, rules), place };
  }
  const builder = new RulesBuilder();
  for (const [index, rule] of rules.entries()) {
    const place = placeOf(source, ["relay", "rules", index]);
    const { written, pattern } = rule.from;
    builder.add({ address: written, instruction: composeInstruction(rule), place }, [pattern]);
  }
  return { kind: "list", ...finish(builder.finish()) };
}

/** What the classic language says with variables. */
function composeInstruction(rule: WrittenRule): Instruction {
  const { deny, temporary = false } = rule;
  if (deny !== undefined) {
    const text = deny === true ? {} : { text: deny };
    const verdict: AccessVerdict = { access: "deny", temporary, ...text };
    return { deny: true, variables: [], verdict, remarks: [] };
  }
  const size = rule["max-size"];
  const variables: readonly Variable[] = [
    ...(rule.relay === true ? [{ name: "RELAYCLIENT", value: "" }] : []),
    ...(rule.blocklists === "skip" ? [{ name: "RBLSMTPD", value: "" }] : []),
    ...(size === undefined ? [] : [{ name: "DATABYTES", value: String(size) }]),
  ];
  return instruct(false, variables);
}
