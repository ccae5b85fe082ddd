// `bailiwick queue why`: what each recipient of a message waits for.

import type { Command } from "commander";
import { formatMessageId, type MessageId } from "../../core/queue/message.ts";
import { withOperations } from "../operator.ts";
import {
  examples,
  messageIdArguments,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { notWaiting } from "../../server/admin/not-waiting.ts";
import { describeWhy } from "../queue-why-view.ts";

export function addQueueWhy(queue: Command): void {
  withJson(
    withConfig(
      queue.command("why").argument("<id>", "as `queue list` prints it", messageIdArguments),
    ),
  )
    .description("why a message waits: what for, until when, and what would move it")
    .addHelpText(
      "after",
      examples("bailiwick queue why 0fk3v9d2m4a", "bailiwick queue why 0fk3v9d2m4a --json"),
    )
    .action(async ([id = 0]: readonly MessageId[], { config, json }: PrintOptions) => {
      const why = await withOperations(config, (operations) => operations.queueWhy(id));
      if (why === null) throw notWaiting(id);
      if (json === true) printJson({ id: formatMessageId(id), recipients: why.recipients });
      else print(describeWhy(why, Date.now()));
    });
}
