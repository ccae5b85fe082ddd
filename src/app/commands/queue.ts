// `bailiwick queue`: what waits, why, and what to do about it.

import type { Command } from "commander";
import { formatMessageId, type MessageId } from "../../core/queue/message.ts";
import type { QueueEntry } from "../../io/store/message-store.ts";
import {
  OperationError,
  type Operations,
  type QueueAct,
  type QueueSelectionWish,
  type QueueWish,
} from "../../server/admin/operations.ts";
import { withOperations } from "../operator.ts";
import {
  countArgument,
  examples,
  messageIdArguments,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { describeEntry, describeMessage, queueHeader } from "../queue-view.ts";
import { formatTable } from "../table.ts";
import { addDestinationCommands } from "./queue-destinations.ts";
import {
  type FilterOptions,
  type SelectionOptions,
  selectionOf,
  withDestination,
  withFilter,
  withState,
  wishOf,
} from "./queue-selection.ts";
import { notWaiting } from "../../server/admin/not-waiting.ts";
import { addQueueWhy } from "./queue-why.ts";

/** Messages fetched at once: a long queue is printed as it comes. */
const pageSize = 500;
/** Messages that are listed for people, where they did not say how many they want. */
const usualLimit = 100;

export function addQueueCommands(program: Command): void {
  const queue = program
    .command("queue")
    .description("messages that wait for delivery")
    .addHelpText(
      "after",
      examples(
        "bailiwick queue list",
        "bailiwick queue destinations",
        "bailiwick queue why 0fk3v9d2m4a",
        "bailiwick queue retry --all",
      ),
    );
  addList(queue);
  addShow(queue);
  addQueueWhy(queue);
  addDestinationCommands(queue);
  addAct(queue, "retry", "try again now", "due now", (operations, wish) =>
    operations.queueRetry(wish),
  );
  addAct(queue, "hold", "make no attempts until they are released", "on hold", (operations, wish) =>
    operations.queueHold(wish),
  );
  addAct(queue, "release", "end a hold", "released", (operations, wish) =>
    operations.queueRelease(wish),
  );
  addAct(
    queue,
    "delete",
    "drop messages, without a notice to anybody",
    "deleted",
    (operations, wish) => operations.queueDelete(wish),
  );
}

interface ListOptions extends FilterOptions, PrintOptions {
  readonly limit?: number;
}

function addList(queue: Command): void {
  withJson(withState(withDestination(withFilter(queue.command("list")))))
    .description("list what waits; --json prints one message a line, all of them")
    .option("--limit <n>", `messages at most (default: ${usualLimit})`, countArgument)
    .addHelpText(
      "after",
      examples(
        "bailiwick queue list",
        "bailiwick queue list --domain example.com --older-than 4h",
        "bailiwick queue list --state held --limit 1000",
        "bailiwick queue list --sender '<>' --json",
      ),
    )
    .action(async (options: ListOptions) => {
      const { json = false } = options;
      const limit = options.limit ?? (json ? Infinity : usualLimit);
      await withOperations(options.config, async (operations) => {
        const wish = wishOf(options, Date.now());
        let found = 0;
        for await (const page of pages(operations, wish, limit)) {
          print(json ? page.map(jsonLine).join("") : tableOf(page, found === 0));
          found += page.length;
        }
        if (json) return;
        if (found === 0) {
          const isFiltered = Object.keys(wish).length > 0;
          return print(isFiltered ? "No message is meant by that.\n" : "The queue is empty.\n");
        }
        if (found < limit) return;
        const all = await operations.queueCount("list", { ids: "all", ...wish });
        if (all > found) print(`and ${all - found} more; --limit shows more of them\n`);
      });
    });
}

async function* pages(
  operations: Operations,
  wish: QueueWish,
  limit: number,
): AsyncGenerator<readonly QueueEntry[]> {
  let after: MessageId = 0;
  for (let left = limit; left > 0;) {
    const page = await operations.queueList(wish, { after, limit: Math.min(left, pageSize) });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
    left -= page.length;
  }
}

function tableOf(page: readonly QueueEntry[], isFirst: boolean): string {
  const rows = page.flatMap((entry) => describeEntry(entry, Date.now()));
  return formatTable(isFirst ? [queueHeader, ...rows] : rows);
}

function jsonLine(entry: QueueEntry): string {
  return `${JSON.stringify({ ...entry, id: formatMessageId(entry.id) })}\n`;
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
      if (detail === null) throw notWaiting(id);
      if (json === true) printJson({ ...detail, id: formatMessageId(detail.id) });
      else print(describeMessage(detail, Date.now()));
    });
}

interface ActOptions extends SelectionOptions, PrintOptions {
  readonly dryRun?: boolean;
}

function addAct(
  queue: Command,
  name: Exclude<QueueAct, "list">,
  description: string,
  done: string,
  act: (operations: Operations, wish: QueueSelectionWish) => Promise<number>,
): void {
  const command = withFilter(
    queue.command(name).argument("[ids...]", "as `queue list` prints them", messageIdArguments),
  );
  withJson(name === "release" ? command : withDestination(command))
    .description(`${description}: the messages named, or all that the options select`)
    .option("--all", "every message in the queue")
    .option("--dry-run", "only say how many messages that are")
    .addHelpText(
      "after",
      examples(
        `bailiwick queue ${name} 0fk3v9d2m4a`,
        `bailiwick queue ${name} --domain example.com`,
        `bailiwick queue ${name} --sender news@example.org --older-than 2d --dry-run`,
        `bailiwick queue ${name} --all`,
      ),
    )
    .action(async (ids: readonly MessageId[], options: ActOptions) => {
      const wish = selectionOf(ids, options, Date.now());
      const isDry = options.dryRun === true;
      const messages = await withOperations(options.config, (operations) =>
        isDry ? operations.queueCount(name, wish) : act(operations, wish),
      );
      if (options.json === true) return printJson({ messages, ...(isDry && { dryRun: true }) });
      if (messages === 0) throw new OperationError("no message in the queue is meant by that");
      const counted = `${messages} ${messages === 1 ? "message" : "messages"}`;
      print(isDry ? `${counted} would be ${done}\n` : `${counted} ${done}\n`);
    });
}
