// Options and arguments that several commands share.

import { type Command, InvalidArgumentError, Option } from "commander";
import { type Address, parseAddress } from "../core/mail/address.ts";
import { type Domain, parseDomain } from "../core/mail/domain.ts";
import { type MessageId, parseMessageId } from "../core/queue/message.ts";

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

/** What stands below a command's help: how it is used, one command a line. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

export function addressArgument(text: string): Address {
  const address = parseAddress(text);
  if (address.ok) return address.value;
  throw new InvalidArgumentError("Expected an address such as alice@example.org.");
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
