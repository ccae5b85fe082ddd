// `bailiwick queue`: what waits, why, and what to do about it.

import type { Command } from "commander";
import type { Domain } from "../../core/mail/domain.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { formatMessageId, type MessageId } from "../../core/queue/message.ts";
import type { QueueEntry, QueueFilter, QueueSelection } from "../../io/store/message-store.ts";
import { OperationError, type Operations } from "../../server/admin/operations.ts";
import { ConfigurationError } from "../errors.ts";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  domainArgument,
  examples,
  messageIdArguments,
  type PrintOptions,
  type Sender,
  senderArgument,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { describeEntry, describeMessage, queueHeader } from "../queue-view.ts";
import { formatTable } from "../table.ts";

interface FilterOptions extends CommonOptions {
  readonly domain?: Domain;
  readonly sender?: Sender;
  readonly login?: string;
}

interface SelectionOptions extends FilterOptions {
  readonly all?: boolean;
}

/** Messages fetched at once: a long queue is printed as it comes. */
const pageSize = 500;

export function addQueueCommands(program: Command): void {
  const queue = program
    .command("queue")
    .description("messages that wait for delivery")
    .addHelpText("after", examples("bailiwick queue list", "bailiwick queue retry --all"));
  addList(queue);
  addShow(queue);
  addAct(queue, "retry", "try again now", "due now", (operations, selection) =>
    operations.queueRetry(selection),
  );
  addAct(
    queue,
    "hold",
    "make no attempts until they are released",
    "on hold",
    (operations, selection) => operations.queueHold(selection),
  );
  addAct(queue, "release", "end a hold", "released", (operations, selection) =>
    operations.queueRelease(selection),
  );
  addAct(
    queue,
    "delete",
    "drop messages, without a notice to anybody",
    "deleted",
    (operations, selection) => operations.queueDelete(selection),
  );
}

function addList(queue: Command): void {
  withJson(withFilter(queue.command("list")))
    .description("list what waits; --json prints one message a line")
    .addHelpText(
      "after",
      examples(
        "bailiwick queue list",
        "bailiwick queue list --domain example.com",
        "bailiwick queue list --sender '<>' --json",
      ),
    )
    .action(async (options: FilterOptions & PrintOptions) => {
      await withOperations(options.config, async (operations) => {
        let found = 0;
        for await (const page of pages(operations, filterOf(options))) {
          if (options.json === true) {
            for (const entry of page) print(`${JSON.stringify(jsonEntry(entry))}\n`);
          } else {
            const rows = page.flatMap((entry) => describeEntry(entry, Date.now()));
            const lines = found === 0 ? [queueHeader, ...rows] : rows;
            print(formatTable(lines));
          }
          found += page.length;
        }
        if (found === 0 && options.json !== true) print("The queue is empty.\n");
      });
    });
}

async function* pages(
  operations: Operations,
  filter: QueueFilter,
): AsyncGenerator<readonly QueueEntry[]> {
  let after: MessageId = 0;
  for (;;) {
    const page = await operations.queueList(filter, { after, limit: pageSize });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

function jsonEntry(entry: QueueEntry) {
  return { ...entry, id: formatMessageId(entry.id) };
}

function addShow(queue: Command): void {
  withJson(
    withConfig(
      queue.command("show").argument("<id>", "as `queue list` prints it", messageIdArguments),
    ),
  )
    .description("show one message: recipients, attempts, what the last host said")
    .addHelpText(
      "after",
      examples("bailiwick queue show 0fk3v9d2m4a", "bailiwick queue show 0fk3v9d2m4a --json"),
    )
    .action(async ([id = 0]: readonly MessageId[], { config, json }: PrintOptions) => {
      const detail = await withOperations(config, (operations) => operations.queueShow(id));
      if (detail === null) {
        throw new OperationError(
          `no message ${formatMessageId(id)} waits: it was delivered, bounced or deleted`,
        );
      }
      if (json === true) printJson({ ...detail, id: formatMessageId(detail.id) });
      else print(describeMessage(detail, Date.now()));
    });
}

function addAct(
  queue: Command,
  name: string,
  description: string,
  done: string,
  act: (operations: Operations, selection: QueueSelection) => Promise<number>,
): void {
  withFilter(
    queue.command(name).argument("[ids...]", "as `queue list` prints them", messageIdArguments),
  )
    .description(`${description}: the messages named, or all that the options select`)
    .option("--all", "every message in the queue")
    .addHelpText(
      "after",
      examples(
        `bailiwick queue ${name} 0fk3v9d2m4a`,
        `bailiwick queue ${name} --domain example.com`,
        `bailiwick queue ${name} --all`,
      ),
    )
    .action(async (ids: readonly MessageId[], options: SelectionOptions) => {
      const selection = selectionOf(ids, options);
      const touched = await withOperations(options.config, (operations) =>
        act(operations, selection),
      );
      if (touched === 0) throw new OperationError("no message in the queue is meant by that");
      print(`${touched} ${touched === 1 ? "message" : "messages"} ${done}\n`);
    });
}

/** Nothing named is a slip, never "all of them". */
function selectionOf(ids: readonly MessageId[], options: SelectionOptions): QueueSelection {
  const filter = filterOf(options);
  if (ids.length > 0) return { ids, ...filter };
  if (options.all === true || Object.keys(filter).length > 0) return { ids: "all", ...filter };
  throw new ConfigurationError(
    "which messages? Name their ids, or use --domain, --sender, --login or --all",
  );
}

function withFilter(command: Command): Command {
  return withConfig(command)
    .option("--domain <domain>", "recipients in this domain", domainArgument)
    .option("--sender <address>", "messages from this sender (<> for notices)", senderArgument)
    .option("--login <account>", "messages that came with this account's login", accountKey);
}

function filterOf({ domain, sender, login }: FilterOptions): QueueFilter {
  return {
    ...(domain !== undefined && { recipientDomain: domain }),
    ...(sender !== undefined && { sender: sender.path }),
    ...(login !== undefined && { login }),
  };
}
