// What stands behind a rule's address: `allow` or `deny`, and the variables that it sets
// (tcprules(1): `allow,RELAYCLIENT="",DATABYTES="1000000"`).

import type { AccessVerdict } from "../policy/request.ts";
import { bad, good, type Result } from "../result.ts";
import { type Remark, readVariables } from "./variables.ts";

export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface Instruction {
  readonly deny: boolean;
  readonly variables: readonly Variable[];
  /** What it means to us. */
  readonly verdict: AccessVerdict;
  /** What of it does not mean what its writer may think. */
  readonly remarks: readonly Remark[];
}

/** @param offsets where each variable begins in its line, in octets; 0 where there is no line. */
export function instruct(
  deny: boolean,
  variables: readonly Variable[],
  offsets: readonly number[] = [],
): Instruction {
  const { verdict, remarks } = readVariables(variables, offsets);
  return deny
    ? { deny, variables, verdict: { access: "deny", temporary: false }, remarks: [] }
    : { deny, variables, verdict, remarks };
}

/** Reads what stands behind the colon, by the letter of tcprules: it refuses the whole file for
 * anything else. A variable's value ends where the character that begins it comes again. */
export function readInstruction(text: string): Result<Instruction, Remark> {
  const word = text.startsWith("deny") ? "deny" : text.startsWith("allow") ? "allow" : undefined;
  if (word === undefined) return bad({ offset: 0, text: explainWord(text) });
  const variables: Variable[] = [];
  const offsets: number[] = [];
  let at = word.length;
  while (at < text.length) {
    if (text[at] !== ",") return bad({ offset: at, text: explainTail(text, at, word) });
    const equals = text.indexOf("=", at);
    if (equals === -1) return bad({ offset: at + 1, text: variableExpected });
    const quote = text[equals + 1];
    if (quote === undefined) return bad({ offset: equals, text: variableExpected });
    const end = text.indexOf(quote, equals + 2);
    if (end === -1) {
      return bad({ offset: equals + 1, text: `the value that ${quote} begins has no end` });
    }
    offsets.push(at + 1);
    variables.push({ name: text.slice(at + 1, equals), value: text.slice(equals + 2, end) });
    at = end + 1;
  }
  return good(instruct(word === "deny", variables, offsets));
}

const variableExpected = 'a comma is followed by a variable, such as RELAYCLIENT=""';

function explainWord(text: string): string {
  const expected = "the instruction is `allow` or `deny`";
  if (text === "") return `nothing stands behind the colon; ${expected}`;
  return `${expected}, in small letters and nothing before it`;
}

function explainTail(text: string, at: number, word: string): string {
  if (text.slice(at) === "\r") return "the line ends in CR LF; save the file with LF alone";
  return `only a comma and a variable may follow here, as in ${word},DATABYTES="1000000"`;
}
