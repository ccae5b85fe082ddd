// The words of a header field that lists mailboxes (RFC 5322 §3.2): folding, white space and comments
// are taken out, quoted strings and address literals are one word each.

import { bad, good, type Result } from "../result.ts";

export interface Token {
  /** `quoted`: with its quotes and backslashes; `special`: one of `<>,;:@`. */
  readonly kind: "word" | "quoted" | "literal" | "special";
  readonly text: string;
}

/** All that is neither blank, nor special, nor a control character, dots included: names in the wild
 * hold more than an atom may. */
const word = /[^ \p{Cc}()<>[\]:;@\\,"]+/uy;
const quoted = /"(?:[^"\\\p{Cc}]|\t|\\[^\p{Cc}])*"/uy;
const literal = /\[[^[\]\\\p{Cc}]*\]/uy;
const special = /[<>,;:@]/y;
const space = /[ \t]+/y;

const kinds = [
  ["word", word],
  ["quoted", quoted],
  ["literal", literal],
  ["special", special],
] as const;

/** @param text a field's value, folded or not. The problem is the text from where it cannot be read. */
export function readTokens(text: string): Result<readonly Token[], string> {
  const line = text.replaceAll(/\r\n(?=[ \t]|$)/g, "");
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const blank = skipBlank(line, at);
    const token = blank === at ? tokenAt(line, at) : undefined;
    if (token !== undefined) tokens.push(token);
    const end = blank + (token?.text.length ?? 0);
    if (end === at) return bad(line.slice(at));
    at = end;
  }
  return good(tokens);
}

function tokenAt(line: string, at: number): Token | undefined {
  for (const [kind, pattern] of kinds) {
    const text = matchAt(pattern, line, at);
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}

function matchAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

/** Where white space, or a comment, that begins at `at` ends; `at` where there is none. */
function skipBlank(line: string, at: number): number {
  const blanks = matchAt(space, line, at);
  return blanks === undefined ? skipComment(line, at) : at + blanks.length;
}

/** Comments nest (RFC 5322 §3.2.2). One without an end is none. */
function skipComment(line: string, start: number): number {
  let depth = 0;
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "\\") at++;
    if (depth === 0) return character === ")" ? at + 1 : start;
  }
  return start;
}
