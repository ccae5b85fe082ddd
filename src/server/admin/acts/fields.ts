// What arguments of acts look like, as people write them.

import { z } from "zod";
import { complain, duration, through, word } from "../../../core/config/schema/fields.ts";
import { unfit } from "../../../core/config/problem.ts";
import { readDomain } from "../../../core/config/values/name.ts";
import { networkExpected, readNetwork } from "../../../core/config/values/network.ts";
import { type Address, parseAddress, type ReversePath } from "../../../core/mail/address.ts";
import { type AddressPattern, parseAddressPattern } from "../../../core/mail/address-pattern.ts";
import type { Domain } from "../../../core/mail/domain.ts";
import { type IpAddress, parseIp, type Prefix } from "../../../core/mail/ip.ts";
import { type MessageId, parseMessageId } from "../../../core/queue/message.ts";
import { bad, good, type Result } from "../../../core/result.ts";

const domainWords = "a domain such as example.org";
const addressWords = "an address such as alice@example.org";

function field<Value>(
  expected: string,
  read: (text: string) => Value | undefined,
): z.ZodType<Value, string> {
  return word(expected, (text) => found(read(text), text, expected)).meta({
    description: expected,
  });
}

function found<Value>(
  value: Value | undefined,
  text: string,
  expected: string,
): Result<Value, string> {
  return value === undefined ? bad(unfit(text.slice(0, 80), expected)) : good(value);
}

export function address(): z.ZodType<Address, string> {
  return field(addressWords, readAddress);
}

function readAddress(text: string): Address | undefined {
  const read = parseAddress(text);
  return read.ok ? read.value : undefined;
}

/** `@example.org` is every address of the domain that nobody has. */
export function addressPattern(): z.ZodType<AddressPattern, string> {
  const expected =
    "an address such as info@example.org, or @example.org for all that nobody has there";
  return field(expected, parseAddressPattern);
}

interface Sender {
  readonly path: ReversePath;
}

export function sender(): z.ZodType<Sender, string> {
  return field("an address such as alice@example.org, or <>", (text) => {
    if (text === "<>") return { path: null };
    const path = readAddress(text);
    return path && { path };
  });
}

export function domain(): z.ZodType<Domain, string> {
  return word(domainWords, readDomain).meta({ description: domainWords });
}

export function ip(): z.ZodType<IpAddress, string> {
  return field("an IP address such as 192.0.2.9 or 2001:db8::9", parseIp);
}

export function prefix(): z.ZodType<Prefix, string> {
  return word(networkExpected, readNetwork).meta({ description: networkExpected });
}

export function messageId(): z.ZodType<MessageId, string> {
  return field("an id of a message, such as 0fk3v9d2m4a", parseMessageId);
}

/** Milliseconds. */
export function span(): z.ZodType<number, string> {
  return duration().meta({ description: "a duration such as 90s, 15m, 3h or 5d" });
}

/** One line for people. */
export function line(expected: string, most: number): z.ZodType<string, string> {
  return field(`${expected}, up to ${most} characters in one line`, (text) => {
    const isPlain = text.trim() !== "" && text.length <= most && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
    return isPlain ? text.trim() : undefined;
  });
}

/** A password is any text; what it may be is found out when it is hashed. */
export function password(): z.ZodType<string, string> {
  // Without what was given, which may be one.
  const error = "write a password in quotes, up to 1,000 characters";
  return z.string({ error }).min(1, { error }).max(1000, { error: "the password is too long" });
}

/** In a query the words `true` and `false`. */
export function flag(description: string): z.ZodType<boolean, boolean | "true" | "false"> {
  return z
    .union([z.boolean(), z.enum(["true", "false"])], { error: complain("true or false") })
    .transform((value) => value === true || value === "true")
    .meta({ description });
}

/** A whole number from 1 to `most`; in a query its digits. */
export function count(description: string, most: number): z.ZodType<number, number | string> {
  const expected = `a whole number from 1 to ${most}`;
  return z
    .union([z.int(), z.string()], { error: complain(expected) })
    .transform(
      through((value: number | string) => {
        const number = /^[0-9]{1,9}$/.test(String(value)) ? Number(value) : 0;
        return number >= 1 && number <= most ? good(number) : bad(unfit(value, expected));
      }),
    )
    .meta({ description });
}

/** What every list that may be long takes. */
export const paging = {
  limit: count("so many at most; 100 where it is not said", 1000).optional(),
  after: z.string().max(400).optional().meta({ description: "`next` of the page before" }),
};

export const usualLimit = 100;

interface Page {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** The part of a list behind `after`, in the order of the keys. */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { after = "", limit = usualLimit }: Page,
): { readonly page: readonly Item[]; readonly next: string | null } {
  const behind = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const page = behind.slice(0, limit);
  const next = behind.length > limit ? (page.at(-1)?.key ?? null) : null;
  return { page: page.map(({ item }) => item), next };
}

/** Of results: a list that nobody changes. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item).readonly();
}

export const next = z.string().nullable().meta({ description: "`after` of the next page" });
export const time = z.number().meta({ description: "UTC milliseconds" });
export const nothing = z.object({});
