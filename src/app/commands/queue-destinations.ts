// `bailiwick queue destinations` and `queue flush`: where mail goes, and what is down.

import type { Command } from "commander";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  countArgument,
  examples,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { ConfigurationError } from "../errors.ts";
import { print, printJson } from "../print.ts";
import { describeDestinations } from "../destination-view.ts";

interface ListOptions extends PrintOptions {
  readonly limit?: number;
}

/** Those that are listed for people, where they did not say how many they want. */
const usualLimit = 50;

export function addDestinationCommands(queue: Command): void {
  withJson(withConfig(queue.command("destinations")))
    .description("list where mail goes, or waits to go: those first that are down")
    .option("--limit <n>", `destinations at most (default: ${usualLimit})`, countArgument)
    .addHelpText(
      "after",
      examples("bailiwick queue destinations", "bailiwick queue destinations --json"),
    )
    .action(async ({ config, json, limit }: ListOptions) => {
      const all = await withOperations(config, (operations) => operations.queueDestinations());
      if (json === true) return printJson(all.slice(0, limit));
      if (all.length === 0) return print("Nothing waits for any destination.\n");
      print(describeDestinations(all, limit ?? usualLimit, Date.now()));
    });
  withConfig(queue.command("flush").argument("[destination]", "as `queue destinations` names it"))
    .description("try a destination that is down at once, and let what waits for it go on")
    .option("--all", "every destination that is down")
    .addHelpText(
      "after",
      examples("bailiwick queue flush example.com", "bailiwick queue flush --all"),
    )
    .action(async (name: string | undefined, options: CommonOptions & { all?: boolean }) => {
      if ((name === undefined) === (options.all !== true)) {
        throw new ConfigurationError("which destination? Name one, or use --all");
      }
      await withOperations(options.config, async (operations, answerer) => {
        const names = await operations.queueFlush(name?.toLowerCase() ?? null);
        if (names.length === 0) return print("No destination is down.\n");
        const when = answerer === "server" ? "now" : "as soon as a server is started";
        for (const each of names) print(`${each} is tried ${when}\n`);
      });
    });
}
