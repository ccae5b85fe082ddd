// How answers are read, typed or given with flags.

import type { Domain } from "../../core/mail/domain.ts";
import { type Address, parseAddress } from "../../core/mail/address.ts";
import type { Prefix } from "../../core/mail/ip.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { mailEndpoint, readEndpoint, formatEndpoint } from "../../core/config/values/endpoint.ts";
import { readDomain } from "../../core/config/values/name.ts";
import { readNetwork } from "../../core/config/values/network.ts";

import { isOperatorName, operatorNameExpected } from "../../server/admin/operator-name.ts";

/** Stands for nothing, where an empty answer stands for the suggestion. */
export const noneWord = "none";

/** Several, with blanks or commas between; none at all by that word. */
function readSeveral<Value>(read: (text: string) => Result<Value, string>) {
  return (text: string): Result<readonly Value[], string> => {
    if (text.toLowerCase() === noneWord) return good([]);
    const values: Value[] = [];
    for (const word of text.split(/[\s,]+/).filter((each) => each !== "")) {
      const value = read(word);
      if (!value.ok) return value;
      values.push(value.value);
    }
    if (values.length > 0) return good(values);
    return bad(`Write something, or "${noneWord}".`);
  };
}

export function readHostname(text: string): Result<Domain, string> {
  const name = readDomain(text);
  if (!name.ok || name.value.includes(".")) return name;
  return bad(`${name.value} is no full name; write one of your domain, such as mail.example.org`);
}

export function readNetworks(text: string): Result<readonly Prefix[], string> {
  return readSeveral(readNetwork)(text);
}

export function readDomains(text: string): Result<readonly Domain[], string> {
  return readSeveral(readDomain)(text);
}

/** With the port that logins mostly go to, where none is written. */
export function readSmartHost(text: string): Result<string, string> {
  const endpoint = readEndpoint(text, { ...mailEndpoint, defaultPort: 587 });
  return endpoint.ok ? good(formatEndpoint(endpoint.value)) : endpoint;
}

export function readAccount(text: string): Result<Address | null, string> {
  if (text.toLowerCase() === noneWord) return good(null);
  const address = parseAddress(text);
  return address.ok
    ? good(address.value)
    : bad(`Write an address such as alice@example.org, or "${noneWord}".`);
}

export function readOperator(text: string): Result<string | null, string> {
  if (text.toLowerCase() === noneWord) return good(null);
  return isOperatorName(text) ? good(text) : bad(`Write ${operatorNameExpected}.`);
}

export function readYes(text: string): Result<boolean, string> {
  if (/^y(es)?$/i.test(text)) return good(true);
  if (/^no?$/i.test(text)) return good(false);
  return bad("Write yes or no.");
}
