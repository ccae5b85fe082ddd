// A text with many forwards, a line each, as in a file of aliases:
//
//   info@example.org: ann@example.org, bob@elsewhere.example
//   alice@example.org: keep, alice@elsewhere.example
//   team@example.org: owner=boss@example.org, members-only, ann@example.org, bob@elsewhere.example

import { type Address, formatAddress, parseAddress } from "../mail/address.ts";
import {
  type AddressPattern,
  formatAddressPattern,
  parseAddressPattern,
} from "../mail/address-pattern.ts";
import { bad, good, type Result } from "../result.ts";

export interface ListedForward {
  readonly address: AddressPattern;
  readonly targets: readonly Address[];
  readonly keep: Address | null;
  readonly owner: Address | null;
  readonly membersOnly: boolean;
}

export interface ForwardLine {
  /** From 1. */
  readonly line: number;
  readonly forward: Result<ListedForward, string>;
}

/** Empty lines and those that begin with # say nothing. */
export function readForwardList(text: string): readonly ForwardLine[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    return [{ line: index + 1, forward: readForward(line) }];
  });
}

export function formatForward(forward: ListedForward): string {
  const { address, targets, keep, owner, membersOnly } = forward;
  const words = [
    ...(keep === null ? [] : [`keep=${formatAddress(keep)}`]),
    ...(owner === null ? [] : [`owner=${formatAddress(owner)}`]),
    ...(membersOnly ? ["members-only"] : []),
    ...targets.map(formatAddress),
  ];
  return `${formatAddressPattern(address)}: ${words.join(", ")}\n`;
}

function readForward(line: string): Result<ListedForward, string> {
  const [, name = "", rest = ""] = /^\s*([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
  const address = parseAddressPattern(name);
  if (address === undefined) return bad("it does not begin with an address and a colon");
  const targets: Address[] = [];
  let forward: ListedForward = { address, targets, keep: null, owner: null, membersOnly: false };
  for (const word of rest.split(",").map((each) => each.trim())) {
    if (word === "") continue;
    const [, option, value] = /^(keep|owner)=(.*)$/.exec(word) ?? [];
    const read = parseAddress(value ?? word);
    if (word === "members-only") forward = { ...forward, membersOnly: true };
    else if (word === "keep") {
      if (address.local === null) return bad("a whole domain is no account to keep copies in");
      forward = { ...forward, keep: { local: address.local, domain: address.domain } };
    } else if (!read.ok) return bad(`${JSON.stringify(word.slice(0, 80))} is no address`);
    else if (option === "keep") forward = { ...forward, keep: read.value };
    else if (option === "owner") forward = { ...forward, owner: read.value };
    else targets.push(read.value);
  }
  return targets.length === 0 ? bad("it names nobody to send mail on to") : good(forward);
}
