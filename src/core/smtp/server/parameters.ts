// What follows MAIL FROM: and RCPT TO: — a path and its ESMTP parameters (RFC 5321 §4.1.1.2,
// §4.1.2).

export interface PathArgument {
  /** What stood between the angle brackets, a source route taken off. */
  readonly path: string;
  /** Keywords in capitals; a keyword without a value has the value undefined. */
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly keyword: string;
  readonly value: string | undefined;
}

/** @param argument what stands behind the verb, such as `FROM:<a@b> SIZE=100`
 *  @returns undefined where the syntax is wrong. */
export function parsePathArgument(argument: string, word: "FROM" | "TO"): PathArgument | undefined {
  const start = word.length + 1;
  if (argument.slice(0, start).toUpperCase() !== `${word}:`) return undefined;
  // A space behind the colon is against the grammar, and common among appliances.
  const text = argument.slice(start).trimStart();
  const end = text.startsWith("<") ? endOfPath(text) : endOfBarePath(text);
  if (end === undefined) return undefined;
  const parameters = parseParameters(text.slice(end));
  if (parameters === undefined) return undefined;
  const path = text.startsWith("<") ? text.slice(1, end - 1) : text.slice(0, end);
  return { path: withoutSourceRoute(path), parameters };
}

/** Where the path in angle brackets ends: a `>` inside quotes does not close it. */
function endOfPath(text: string): number | undefined {
  let quoted = false;
  for (let at = 1; at < text.length; at++) {
    const character = text[at];
    if (character === "\\" && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (character === ">" && !quoted) return at + 1;
  }
  return undefined;
}

/** Old clients leave the brackets out; such a path holds no quotes and ends at the first space. */
function endOfBarePath(text: string): number | undefined {
  const path = /^[^\s<>"]+/.exec(text)?.[0];
  return path?.length;
}

/** `@a.example,@b.example:user@c.example` is `user@c.example` (RFC 5321 §4.1.1.3, appendix C). A
 * route to nobody stays as it is, and so is no address: it does not become the null sender. */
function withoutSourceRoute(path: string): string {
  return path.replace(/^@[^:]+:(?=.)/, "");
}

function parseParameters(text: string): readonly Parameter[] | undefined {
  if (text.trim() === "") return [];
  if (!/^\s/.test(text)) return undefined;
  const parameters: Parameter[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const match = /^([a-z0-9][a-z0-9-]*)(?:=([^=]+))?$/i.exec(word);
    if (match?.[1] === undefined) return undefined;
    parameters.push({ keyword: match[1].toUpperCase(), value: match[2] });
  }
  return parameters;
}
