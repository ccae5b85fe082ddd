// Which messages of the queue a command means.

import { type Command, Option } from "commander";
import { accountKey } from "../../core/mail/account-key.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { QueueSelectionWish, QueueWish } from "../../server/admin/operations.ts";
import { ConfigurationError } from "../errors.ts";
import {
  type CommonOptions,
  domainArgument,
  durationArgument,
  type Sender,
  senderArgument,
  withConfig,
} from "../options.ts";

export interface FilterOptions extends CommonOptions {
  readonly domain?: Domain;
  readonly sender?: Sender;
  readonly login?: string;
  readonly destination?: string;
  readonly olderThan?: number;
  readonly state?: "waiting" | "held";
}

export interface SelectionOptions extends FilterOptions {
  readonly all?: boolean;
}

export function withFilter(command: Command): Command {
  return withConfig(command)
    .option("--domain <domain>", "recipients in this domain", domainArgument)
    .option("--sender <address>", "messages from this sender (<> for notices)", senderArgument)
    .option("--login <account>", "messages that came with this account's login", accountKey)
    .option("--older-than <time>", "messages that came longer ago, as 90m or 2d", durationArgument);
}

/** For commands that concern what waits: what is held waits for no destination. */
export function withDestination(command: Command): Command {
  return command.option(
    "--destination <name>",
    "what waits for it, as `queue destinations` names it",
  );
}

/** For commands that concern more than one state. */
export function withState(command: Command): Command {
  const states = ["waiting", "held"];
  return command.addOption(new Option("--state <state>", "recipients in it").choices(states));
}

/** @param now UTC milliseconds */
export function wishOf(options: FilterOptions, now: number): QueueWish {
  const { domain, sender, login, destination, olderThan, state } = options;
  return {
    ...(domain !== undefined && { recipientDomain: domain }),
    ...(sender !== undefined && { sender: sender.path }),
    ...(login !== undefined && { login }),
    ...(destination !== undefined && { destination }),
    ...(olderThan !== undefined && { receivedBefore: now - olderThan }),
    ...(state !== undefined && { state }),
  };
}

/** Nothing named is a slip, never "all of them". */
export function selectionOf(
  ids: readonly MessageId[],
  options: SelectionOptions,
  now: number,
): QueueSelectionWish {
  const wish = wishOf(options, now);
  if (ids.length > 0) return { ids, ...wish };
  if (options.all === true || Object.keys(wish).length > 0) return { ids: "all", ...wish };
  throw new ConfigurationError(
    "which messages? Name their ids, or use --all, --domain, --sender or another option (--help)",
  );
}
