// A list of accounts to add, as a table (docs/accounts.md): `address`, then `password` or `hash` or
// both columns, or neither, then `aliases` if anybody has some. Every line is checked before one is used.

import { type Address, mailboxKey, parseAddress } from "../mail/address.ts";
import { type AddressPattern, parseAddressPattern, patternKey } from "../mail/address-pattern.ts";
import { bad, good, type Result } from "../result.ts";
import { saslPrep } from "../sasl/prepare.ts";
import { type LineProblem, readCsv } from "./csv.ts";

export interface ListedAccount {
  /** Of the file, from 1. */
  readonly line: number;
  readonly address: Address;
  readonly secret: ListedSecret;
  readonly aliases: readonly AddressPattern[];
}

export type ListedSecret =
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "hash"; readonly hash: string }
  /** The table has no column for one: another place knows the password, or nobody logs in. */
  | { readonly kind: "none" };

export interface AccountList {
  readonly accounts: readonly ListedAccount[];
  readonly problems: readonly LineProblem[];
}

/** @param isUsableHash whether a password could ever match the stored form.
 *  The problem is that of the first line, which names the columns. */
export function readAccountList(
  text: string,
  isUsableHash: (stored: string) => boolean,
): Result<AccountList, string> {
  const records = readCsv(text);
  const first = records.next();
  if (first.done === true) return bad("the file is empty");
  if ("problem" in first.value) return bad(`in the first line, ${first.value.problem}`);
  const columns = readHeader(first.value.fields);
  if (!columns.ok) return columns;
  const accounts: ListedAccount[] = [];
  const problems: LineProblem[] = [];
  const taken = new Map<string, number>();
  for (const record of records) {
    const { line } = record;
    const read =
      "problem" in record
        ? bad(record.problem)
        : readAccount(cellsOf(columns.value, record.fields), isUsableHash);
    const account = read.ok ? claimAll(taken, line, read.value) : read;
    if (account.ok) accounts.push({ line, ...account.value });
    else problems.push({ line, problem: account.problem });
  }
  return good({ accounts, problems });
}

const columnNames = ["address", "password", "hash", "aliases"] as const;
type Column = (typeof columnNames)[number];

const headerExpected =
  "the first line must name the columns, separated by commas: address, then password or hash (or neither, for accounts without a password), and aliases if there are some";

function readHeader(fields: readonly string[]): Result<readonly Column[], string> {
  const columns = fields.map((field) =>
    columnNames.find((column) => column === field.trim().toLowerCase()),
  );
  const known = columns.filter((column) => column !== undefined);
  const isWhole = known.length === columns.length && new Set(known).size === known.length;
  return isWhole && known.includes("address") ? good(known) : bad(headerExpected);
}

type Cells = Readonly<Partial<Record<Column, string>>> | string;

/** A text where the line has not as many fields as there are columns. */
function cellsOf(columns: readonly Column[], fields: readonly string[]): Cells {
  if (fields.length === columns.length) {
    return Object.fromEntries(columns.map((column, index) => [column, fields[index]]));
  }
  const hint = fields.length > columns.length ? '; quote a field that has a comma: "a,b"' : "";
  return `it has ${fields.length} of ${columns.length} fields${hint}`;
}

type Content = Omit<ListedAccount, "line">;

function readAccount(
  cells: Cells,
  isUsableHash: (stored: string) => boolean,
): Result<Content, string> {
  if (typeof cells === "string") return bad(cells);
  const { address: name = "", password, hash, aliases: names = "" } = cells;
  const address = parseAddress(name.trim());
  if (!address.ok) return bad(`${quote(name)} is no address such as alice@example.org`);
  const secret = readSecret(password, hash?.trim(), isUsableHash);
  if (!secret.ok) return secret;
  const aliases: AddressPattern[] = [];
  for (const alias of names.split(/\s+/).filter((each) => each !== "")) {
    const pattern = parseAddressPattern(alias);
    if (pattern === undefined) {
      return bad(`${quote(alias)} is no alias; aliases are addresses with blanks between them`);
    }
    aliases.push(pattern);
  }
  return good({ address: address.value, secret: secret.value, aliases });
}

/** The problem never shows a password, or what might be one. */
function readSecret(
  password: string | undefined,
  hash: string | undefined,
  isUsableHash: (stored: string) => boolean,
): Result<ListedSecret, string> {
  if (password === undefined && hash === undefined) return good({ kind: "none" });
  if (password && hash) return bad("it has a password and a hash; one is enough");
  if (hash) {
    return isUsableHash(hash)
      ? good({ kind: "hash", hash })
      : bad("the hash is of no kind that is known here; a password in clear is no hash");
  }
  if (!password) return bad("it has no password");
  return saslPrep(password) === undefined
    ? bad("the password has characters that cannot be typed everywhere, such as control characters")
    : good({ kind: "password", password });
}

/** Each name in the file is one account's. */
function claimAll(
  taken: Map<string, number>,
  line: number,
  account: Content,
): Result<Content, string> {
  const keys = new Set([mailboxKey(account.address), ...account.aliases.map(patternKey)]);
  if (keys.size <= account.aliases.length) return bad("it names one address twice");
  for (const key of keys) {
    const before = taken.get(key);
    if (before !== undefined) return bad(`${key} stands in line ${before} already`);
  }
  for (const key of keys) taken.set(key, line);
  return good(account);
}

/** Nothing from a file may steer the terminal, or fill it. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
