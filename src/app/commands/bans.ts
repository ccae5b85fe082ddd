// `bailiwick bans`: who may not log in, why, and until when.

import type { Command } from "commander";
import { formatPrefix, type Prefix } from "../../core/mail/ip.ts";
import { systemClock } from "../../io/process/clock.ts";
import { prefixText } from "../../server/admin/words/ban-words.ts";
import { banTable, describeBan } from "../ban-view.ts";
import { exitCodes } from "../errors.ts";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  durationArgument,
  examples,
  prefixArgument,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";

interface ListOptions extends PrintOptions {
  readonly all?: boolean;
}

interface AddOptions extends CommonOptions {
  readonly for?: number;
  readonly because?: string;
}

export function addBanCommands(program: Command): void {
  const bans = program
    .command("bans")
    .description("addresses and networks that may not log in; mail for us they may still bring")
    .addHelpText("after", examples("bailiwick bans list", "bailiwick bans lift 203.0.113.9"));
  addList(bans);
  addShow(bans);
  addAdd(bans);
  addLift(bans);
}

function addList(bans: Command): void {
  withJson(withConfig(bans.command("list")))
    .description("list the bans that are in force")
    .option("--all", "those too that are over and still remembered")
    .addHelpText("after", examples("bailiwick bans list", "bailiwick bans list --all --json"))
    .action(async ({ config, json, all = false }: ListOptions) => {
      const list = await withOperations(config, (operations) => operations.banList(all));
      if (json === true) printJson(list.map((ban) => ({ ...ban, prefix: prefixText(ban.prefix) })));
      else print(banTable(list, systemClock.now()));
    });
}

function addShow(bans: Command): void {
  withAddress(withJson(withConfig(bans.command("show"))))
    .description("why an address or a network is banned, and what it tried")
    .addHelpText(
      "after",
      `\nExit codes: 0 there is a ban, 1 there is none.\n${examples(
        "bailiwick bans show 203.0.113.9",
        "bailiwick bans show 203.0.113.0/24 --json",
      )}`,
    )
    .action(async (prefix: Prefix, { config, json }: PrintOptions) => {
      const found = await withOperations(config, (operations) => operations.banShow(prefix));
      if (json === true)
        printJson(found.map((ban) => ({ ...ban, prefix: prefixText(ban.prefix) })));
      else if (found.length === 0) print(`${prefixText(prefix)} is not banned\n`);
      else print(found.map((ban) => describeBan(ban, systemClock.now())).join("\n"));
      if (found.length === 0) process.exitCode = exitCodes.no;
    });
}

function addAdd(bans: Command): void {
  withAddress(withConfig(bans.command("add")))
    .description("ban an address or a network, until it is lifted")
    .option("--for <duration>", "until then, such as 1d", durationArgument)
    .option("--because <text>", "your reason, for those who look it up")
    .addHelpText(
      "after",
      examples(
        "bailiwick bans add 203.0.113.9",
        'bailiwick bans add 2001:db8::/48 --for 7d --because "guesses since Monday"',
      ),
    )
    .action(async (prefix: Prefix, options: AddOptions) => {
      const ban = await withOperations(options.config, (operations) =>
        operations.banAdd(prefix, options.for ?? null, options.because ?? ""),
      );
      print(describeBan(ban, systemClock.now()));
    });
}

function addLift(bans: Command): void {
  withAddress(withConfig(bans.command("lift")))
    .description("end a ban, and forget what led to it")
    .addHelpText(
      "after",
      examples("bailiwick bans lift 203.0.113.9", "bailiwick bans lift 203.0.113.0/24"),
    )
    .action(async (prefix: Prefix, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.banLift(prefix));
      print(`${formatPrefix(prefix)} may try to log in again\n`);
    });
}

function withAddress(command: Command): Command {
  return command.argument("<address>", "an IP address or a network", prefixArgument);
}
