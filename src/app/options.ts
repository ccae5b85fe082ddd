// Options and arguments that several commands share.

import { type Command, InvalidArgumentError, Option } from "commander";
import {
  durationExpected,
  durationPattern,
  readDuration,
  readLongDuration,
} from "../core/config/values/duration.ts";
import { networkExpected, readNetwork } from "../core/config/values/network.ts";
import { type Address, parseAddress, type ReversePath } from "../core/mail/address.ts";
import { type Domain, parseDomain } from "../core/mail/domain.ts";
import { type AddressPattern, parseAddressPattern } from "../core/mail/address-pattern.ts";
import { type IpAddress, parseIp, type Prefix } from "../core/mail/ip.ts";
import { type MessageId, parseMessageId } from "../core/queue/message.ts";
import { readWrittenAddress } from "../core/smtp/server/written-address.ts";
import { givenName, longestGivenName } from "../server/admin/given-name.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly config?: string;
}

/** Options of commands that print data. */
export interface PrintOptions extends CommonOptions {
  readonly json?: boolean;
}

export function withConfig(command: Command): Command {
  return command.addOption(
    new Option(
      "-c, --config <file>",
      "the configuration (default: ./bailiwick.yaml, then /etc/bailiwick/bailiwick.yaml)",
    ),
  );
}

export function withJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

/** Of commands that take a password. */
export const passwordFileOption = [
  "--password-file <file>",
  "read the password from a file (- for standard input)",
] as const;

/** What stands below a command's help: how it is used, one command a line. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

export function addressArgument(text: string): Address {
  const address = parseAddress(text);
  if (address.ok) return address.value;
  throw new InvalidArgumentError("Expected an address such as alice@example.org.");
}

/** `@example.org` is every address of the domain that nobody has. */
export function addressPatternArgument(text: string): AddressPattern {
  const pattern = parseAddressPattern(text);
  if (pattern !== undefined) return pattern;
  throw new InvalidArgumentError(
    "Expected an address such as info@example.org, or @example.org for all others there.",
  );
}

/** Commander takes a bare null for an option without a value. */
export interface Sender {
  readonly path: ReversePath;
}

export function senderArgument(text: string): Sender {
  if (text === "<>") return { path: null };
  const address = readWrittenAddress(text);
  if (address !== undefined) return { path: address };
  throw new InvalidArgumentError("Expected an address such as alice@example.org, or <>.");
}

export function recipientArgument(text: string): Address {
  const address = readWrittenAddress(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError("Expected an address such as alice@example.org.");
}

export function ipArgument(text: string): IpAddress {
  const ip = parseIp(text);
  if (ip !== undefined) return ip;
  throw new InvalidArgumentError("Expected an IP address such as 192.0.2.9 or 2001:db8::9.");
}

export function prefixArgument(text: string): Prefix {
  const prefix = readNetwork(text);
  if (prefix.ok) return prefix.value;
  throw new InvalidArgumentError(`Expected ${networkExpected}.`);
}

export function durationArgument(text: string): number {
  return durationOf(text, readDuration);
}

/** Of how far back, or for how long: also a long one. */
export function longDurationArgument(text: string): number {
  return durationOf(text, readLongDuration);
}

function durationOf(text: string, read: typeof readDuration): number {
  const duration = read(text);
  if (duration.ok) return duration.value;
  // That one is too long is another matter than that it is none.
  const isOne = new RegExp(durationPattern).test(text);
  throw new InvalidArgumentError(isOne ? `${duration.problem}.` : `Expected ${durationExpected}.`);
}

export function countArgument(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number, 1 or more.");
}

export function domainArgument(text: string): Domain {
  const domain = parseDomain(text);
  if (domain !== undefined) return domain;
  throw new InvalidArgumentError("Expected a domain such as example.org.");
}

export function messageIdArguments(text: string, before: readonly MessageId[] = []): MessageId[] {
  const id = parseMessageId(text);
  if (id !== undefined) return [...before, id];
  throw new InvalidArgumentError("Expected an id as `bailiwick queue list` prints them.");
}

/** The operator's own word for a device or a program. */
export function nameArgument(text: string): string {
  const name = givenName(text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(
    `Expected a name of up to ${longestGivenName} characters in one line, such as "scanner".`,
  );
}

export function shortIdArgument(text: string): string {
  if (/^[a-z0-9]{1,16}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected an id as `list` prints them.");
}
