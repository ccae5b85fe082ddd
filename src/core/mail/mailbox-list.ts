// The mailboxes that From and Sender name (RFC 5322 §3.4, groups in From: RFC 6854). Read strictly:
// what another reader could take for another address is no list of mailboxes. Names may hold what
// they like, but an unquoted @ in a name makes it an address.

import { bad, good, type Result } from "../result.ts";
import { type Address, parseAddress } from "./address.ts";
import { readTokens, type Token } from "./mailbox-tokens.ts";

/** All addresses that the field's value names, in their order. The problem is the part that could not be
 * read, as it was written. */
export function parseMailboxList(value: string): Result<readonly Address[], string> {
  const tokens = readTokens(value);
  if (!tokens.ok) return tokens;
  const reader = new MailboxReader();
  for (const token of tokens.value) {
    const problem = reader.take(token);
    if (problem !== undefined) return bad(problem);
  }
  const problem = reader.finish();
  return problem === undefined ? good(reader.addresses) : bad(problem);
}

/** Each step returns what could not be read, or undefined. */
class MailboxReader {
  readonly addresses: Address[] = [];
  /** Words before `<`, `,`, `:` or `;`: a name, or an address without brackets. */
  #words: Token[] = [];
  /** Words after `<`. */
  #inner: Token[] | undefined;
  /** `>` was read: the mailbox is whole. */
  #whole = false;
  #inGroup = false;
  /** A group's `;` was read. */
  #afterGroup = false;

  take(token: Token): string | undefined {
    if (this.#inner !== undefined) return this.#takeInner(this.#inner, token);
    switch (token.kind === "special" ? token.text : "") {
      case ",":
        return this.#endMailbox();
      case ";":
        return this.#endGroup();
      case ":":
        return this.#beginGroup();
      case "<":
        if (this.#isOver()) return token.text;
        this.#inner = [];
        return undefined;
      case ">":
        return token.text;
      default:
        if (this.#isOver()) return token.text;
        this.#words.push(token);
        return undefined;
    }
  }

  finish(): string | undefined {
    if (this.#inner !== undefined) return `<${textOf(this.#inner)}`;
    return this.#inGroup ? "a group without an end" : this.#endMailbox();
  }

  /** Only a comma, or the group's end, may follow. */
  #isOver(): boolean {
    return this.#whole || this.#afterGroup;
  }

  #takeInner(inner: Token[], token: Token): string | undefined {
    if (token.kind !== "special" || token.text !== ">") {
      inner.push(token);
      return undefined;
    }
    const name = this.#words;
    this.#words = [];
    this.#inner = undefined;
    this.#whole = true;
    const problem = name.some(isAt) ? this.#add(name) : undefined;
    return problem ?? this.#add(inner);
  }

  #endMailbox(): string | undefined {
    const words = this.#words;
    this.#words = [];
    this.#whole = false;
    this.#afterGroup = false;
    return words.length === 0 ? undefined : this.#add(words);
  }

  #beginGroup(): string | undefined {
    const words = this.#words;
    const isName = words.length > 0 && !words.some(isAt);
    if (this.#inGroup || this.#isOver() || !isName) return `${textOf(words)}:`;
    this.#words = [];
    this.#inGroup = true;
    return undefined;
  }

  #endGroup(): string | undefined {
    if (!this.#inGroup) return `${textOf(this.#words)};`;
    const problem = this.#endMailbox();
    this.#inGroup = false;
    this.#afterGroup = true;
    return problem;
  }

  /** Takes `local@domain`: three words, for nobody writes them with blanks in between any more. */
  #add(words: readonly Token[]): string | undefined {
    const written = words.map(({ text }) => text).join("");
    const address = words.length === 3 ? parseAddress(written) : undefined;
    if (address?.ok !== true) return textOf(words) || "<>";
    this.addresses.push(address.value);
    return undefined;
  }
}

function isAt({ kind, text }: Token): boolean {
  return kind === "special" && text === "@";
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(" ");
}
