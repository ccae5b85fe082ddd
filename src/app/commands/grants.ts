// `bailiwick grants`: who relays for having read mail, and who still depends on it.

import type { Command } from "commander";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { printable } from "../../core/smtp/reply.ts";
import { systemClock } from "../../io/process/clock.ts";
import { OperationError, type Operations } from "../../server/admin/operations.ts";
import type { GrantSelection } from "../../server/grants/roaming-grants.ts";
import { dailyUseTable, grantTable, noGrantsText, plainGrant, useTable } from "../grant-view.ts";
import { withOperations } from "../operator.ts";
import {
  addressArgument,
  countArgument,
  durationArgument,
  examples,
  ipArgument,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";

interface ListOptions extends PrintOptions {
  readonly client?: IpAddress;
  readonly account?: string;
  readonly all?: boolean;
}

interface AddOptions extends PrintOptions {
  readonly account: Address;
  readonly for?: number;
}

interface ReportOptions extends PrintOptions {
  readonly days: number;
  readonly daily?: boolean;
}

export function addGrantCommands(program: Command): void {
  const grants = program
    .command("grants")
    .description("addresses that may relay because a user has read mail from there")
    .addHelpText("after", examples("bailiwick grants list", "bailiwick grants report"));
  addList(grants);
  addRevoke(grants);
  addAdd(grants);
  addReport(grants);
}

function addList(grants: Command): void {
  withJson(withConfig(grants.command("list")))
    .description("list the grants that are in force")
    .option("--client <address>", "those of one IP address", ipArgument)
    .option("--account <account>", "those of one account")
    .option("--all", "those too that are over or revoked, for a week")
    .addHelpText(
      "after",
      examples(
        "bailiwick grants list --account ann@example.org",
        "bailiwick grants list --client 203.0.113.9 --all --json",
      ),
    )
    .action(async ({ config, json, client, account, all = false }: ListOptions) => {
      const filter = { client: client ?? null, account: account ?? null };
      const { list, isConfigured } = await withOperations(
        config,
        async (operations, _, settings) => ({
          list: await operations.grantList(filter, all),
          isConfigured: settings.relay.roaming !== undefined,
        }),
      );
      if (json === true) printJson(list.map(plainGrant));
      else if (list.length === 0) print(noGrantsText(filter, isConfigured));
      else print(grantTable(list, systemClock.now()));
    });
}

function addRevoke(grants: Command): void {
  withJson(withConfig(grants.command("revoke")))
    .argument("<grant>", "an IP address, an account, or the id of a grant", selectionArgument)
    .description("end grants at once and for good; only a new login opens others")
    .addHelpText(
      "after",
      `\nExit codes: 0 revoked, 1 there is no such grant.\n${examples(
        "bailiwick grants revoke 203.0.113.9",
        "bailiwick grants revoke ann@example.org",
      )}`,
    )
    .action(async (selection: GrantSelection, { config, json }: PrintOptions) => {
      const revoked = await withOperations(config, (operations) =>
        operations.grantRevoke(selection),
      );
      if (json === true) return printJson(revoked.map(plainGrant));
      for (const { client, account } of revoked) {
        print(
          `${formatIp(client)} does not relay any more for ${printable(account ?? "having read mail")}\n`,
        );
      }
    });
}

function addAdd(grants: Command): void {
  withJson(withConfig(grants.command("add")))
    .argument("<client>", "an IP address", ipArgument)
    .description("let an address relay as though the account had just read its mail from there")
    .requiredOption("--account <account>", "whose senders it may use", addressArgument)
    .option(
      "--for <duration>",
      "for so long, such as 3h; otherwise as long as after a login",
      durationArgument,
    )
    .addHelpText(
      "after",
      examples("bailiwick grants add 203.0.113.9 --account ann@example.org --for 3h"),
    )
    .action(async (client: IpAddress, options: AddOptions) => {
      const { config, json, account, for: length } = options;
      const { grant, hint } = await withOperations(config, async (operations) => ({
        grant: await operations.grantAdd(client, account, length ?? null),
        hint: await hintAbout(account, operations),
      }));
      process.stderr.write(hint);
      if (json === true) printJson(plainGrant(grant));
      else print(grantTable([grant], systemClock.now()));
    });
}

/** A name that is mistyped opens nothing for anybody, and looks like any other. */
async function hintAbout(account: Address, operations: Operations): Promise<string> {
  try {
    await operations.addressList(account);
    return "";
  } catch (error) {
    // Whatever else went wrong, the grant was made.
    if (!(error instanceof OperationError)) return "";
    const name = printable(formatAddress(account));
    return `There is no account ${name} here; the grant counts only if another server has one of that name.\n`;
  }
}

function addReport(grants: Command): void {
  withJson(withConfig(grants.command("report")))
    .description("who still relays for having read mail, with which program, and how much")
    .option("--days <number>", "of so many days, 90 at most", countArgument, 30)
    .option("--daily", "day by day")
    .addHelpText(
      "after",
      examples("bailiwick grants report", "bailiwick grants report --days 7 --daily --json"),
    )
    .action(async ({ config, json, days, daily }: ReportOptions) => {
      const uses = await withOperations(config, (operations) => operations.grantReport(days));
      if (json === true) printJson(uses);
      else print(daily === true ? dailyUseTable(uses) : useTable(uses));
    });
}

function selectionArgument(text: string): GrantSelection {
  const client = parseIp(text);
  return client === undefined ? { name: text } : { client };
}
