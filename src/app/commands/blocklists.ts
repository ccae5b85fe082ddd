// `bailiwick blocklists`: are the lists in order, and what do they say of an address?

import { type Command, InvalidArgumentError } from "commander";
import { formatIp, parseIp } from "../../core/mail/ip.ts";
import { systemClock } from "../../io/process/clock.ts";
import {
  type BlocklistOperations,
  createBlocklistOperations,
} from "../../server/blocklists/operations.ts";
import type { Log } from "../../server/log.ts";
import { describeLookUp, describeReport } from "../blocklist-view.ts";
import { loadSettings } from "../configuration.ts";
import { connectOperations } from "../control.ts";
import { exitCodes } from "../errors.ts";
import { controlPath } from "../operator.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { startBlocklists } from "../server/blocklists.ts";

interface ReportOptions extends PrintOptions {
  readonly check?: boolean;
}

export function addBlocklistCommands(program: Command): void {
  const blocklists = withJson(withConfig(program.command("blocklists")))
    .description("the state of the blocklists; without a running server they are tested now")
    .option("--check", "test all lists now, in a running server as well")
    .addHelpText(
      "after",
      `\nExit codes: 0 all lists are in order, 1 at least one is set aside.\n${examples(
        "bailiwick blocklists",
        "bailiwick blocklists --check --json",
        "bailiwick blocklists lookup 192.0.2.7    what all lists say of an address",
      )}`,
    )
    .action(async ({ config, json, check = false }: ReportOptions) => {
      const report = await withBlocklists(config, (operations, isRunning) =>
        operations.blocklistReport(check || !isRunning),
      );
      if (json === true) printJson(report);
      else print(describeReport(report, systemClock.now()));
      if (report.some(({ health }) => health.state === "set-aside"))
        process.exitCode = exitCodes.no;
    });
  addLookUp(blocklists);
}

function addLookUp(blocklists: Command): void {
  blocklists
    .command("lookup")
    .argument("<address>", "an IP address", ipArgument)
    .description("ask all lists about an address")
    .addHelpText(
      "after",
      `\nExit codes: 0 not refused, 1 refused, 75 unknown for now.\n${examples(
        "bailiwick blocklists lookup 192.0.2.7",
        "bailiwick blocklists lookup 2001:db8::7 --json",
      )}`,
    )
    // Both options are the parent's: they may stand before or behind `lookup`.
    .action(async (address: string, _: unknown, command: Command) => {
      const { config, json }: PrintOptions = command.optsWithGlobals();
      const found = await withBlocklists(config, (operations) =>
        operations.blocklistLookUp(address),
      );
      if (json === true) printJson(found);
      else print(describeLookUp(address, found));
      if (!found.verdict.known) process.exitCode = exitCodes.tryLater;
      else if (found.verdict.value.listed) process.exitCode = exitCodes.no;
    });
}

function ipArgument(text: string): string {
  const address = parseIp(text);
  if (address !== undefined) return formatIp(address);
  throw new InvalidArgumentError("Expected an IP address such as 192.0.2.7 or 2001:db8::7.");
}

/** What a log would say stands in the table. */
const quiet: Log = { info() {}, warn() {}, error() {} };

/** Asks the running server, or lists of its own where none runs. */
async function withBlocklists<Result>(
  config: string | undefined,
  act: (operations: BlocklistOperations, isRunning: boolean) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(config);
  const remote = await connectOperations(controlPath(settings));
  if (remote !== undefined) return act(remote, true);
  const blocklists = startBlocklists(settings, systemClock, quiet);
  try {
    return await act(
      createBlocklistOperations(() => blocklists, systemClock.elapsed),
      false,
    );
  } finally {
    blocklists?.close();
  }
}
