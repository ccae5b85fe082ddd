// `bailiwick account`: mailboxes and their passwords.

import type { Command } from "commander";
import type { Forward } from "../../core/forwards/forward.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { withOperations } from "../operator.ts";
import {
  addressArgument,
  type CommonOptions,
  domainArgument,
  examples,
  passwordFileOption,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { readCredentials } from "../password.ts";
import { print, printJson } from "../print.ts";
import { formatTime } from "../../server/admin/words/times.ts";
import { formatTable } from "../table.ts";
import { addAccountImport } from "./account-import.ts";

interface PasswordOptions extends CommonOptions {
  readonly passwordFile?: string;
  readonly receiveOnly?: boolean;
}

export function addAccountCommands(program: Command): void {
  const account = program
    .command("account")
    .description("mailboxes and their passwords")
    .addHelpText(
      "after",
      examples("bailiwick account add alice@example.org", "bailiwick account list"),
    );
  addAdd(account);
  addAccountImport(account);
  addList(account);
  addPasswd(account);
  addRelease(account);
  addAbility(account, "disable", "nobody can log in to the account; its mail still arrives");
  addAbility(account, "enable", "let the account log in again");
  withConfig(account.command("remove").argument("<address>", "the account", addressArgument))
    .description("remove an account with its addresses and app passwords; its mail stays")
    .addHelpText("after", examples("bailiwick account remove alice@example.org"))
    .action(async (address: Address, { config }: CommonOptions) => {
      const left = await withOperations(config, async (operations) => {
        await operations.accountRemove(address);
        return forwardsTo(await operations.forwardList(null), address);
      });
      print(`${formatAddress(address)} is removed; its mailbox folder was left as it is\n`);
      for (const key of left) {
        print(
          `mail for ${key} is sent on to it still, and comes back; to end that:\n` +
            `  bailiwick forward remove ${key} ${formatAddress(address)}\n`,
        );
      }
    });
}

/** The keys of the forwards that lead to an address. */
function forwardsTo(forwards: readonly Forward[], address: Address): readonly string[] {
  const key = mailboxKey(address);
  return forwards
    .filter(({ targets }) => targets.some((target) => mailboxKey(target) === key))
    .map((forward) => forward.key);
}

function addAdd(account: Command): void {
  withConfig(
    account.command("add").argument("<address>", "such as alice@example.org", addressArgument),
  )
    .description("add a mailbox; asks for its password")
    .option(...passwordFileOption)
    .option("--receive-only", "no password: mail arrives, nobody can log in")
    .addHelpText(
      "after",
      examples(
        "bailiwick account add alice@example.org",
        "bailiwick account add alice@example.org --password-file secret.txt",
        "pass show mail/alice | bailiwick account add alice@example.org --password-file -",
      ),
    )
    .action(async (address: Address, options: PasswordOptions) => {
      const credentials =
        options.receiveOnly === true ? null : await readCredentials(options.passwordFile);
      await withOperations(options.config, (operations) =>
        operations.accountAdd(address, credentials),
      );
      print(`${formatAddress(address)} is added\n`);
    });
}

function addList(account: Command): void {
  withJson(
    withConfig(account.command("list").argument("[domain]", "only this domain", domainArgument)),
  )
    .description("list accounts")
    .addHelpText(
      "after",
      examples("bailiwick account list", "bailiwick account list example.org --json"),
    )
    .action(async (domain: Domain | undefined, { config, json }: PrintOptions) => {
      const accounts = await withOperations(config, (operations) =>
        operations.accountList(domain ?? null),
      );
      if (json === true) return printJson(accounts);
      const rows = accounts.map(({ address, canLogIn, disabled, stopped, createdAt }) => [
        formatAddress(address),
        disabled ? "disabled" : canLogIn ? "yes" : "no",
        formatTime(createdAt),
        stopped === null ? "yes" : `stopped ${formatTime(stopped.since)}: ${stopped.why}`,
      ]);
      print(formatTable([["ACCOUNT", "LOGIN", "ADDED", "SENDING"], ...rows]));
    });
}

function addPasswd(account: Command): void {
  withConfig(account.command("passwd").argument("<address>", "the account", addressArgument))
    .description("change an account's password")
    .option(...passwordFileOption)
    .addHelpText(
      "after",
      examples(
        "bailiwick account passwd alice@example.org",
        "bailiwick account passwd alice@example.org --password-file secret.txt",
      ),
    )
    .action(async (address: Address, options: PasswordOptions) => {
      const credentials = await readCredentials(options.passwordFile);
      await withOperations(options.config, (operations) =>
        operations.accountSetCredentials(address, credentials),
      );
      print(`the password of ${formatAddress(address)} is changed\n`);
    });
}

function addRelease(account: Command): void {
  withConfig(account.command("release").argument("<address>", "the account", addressArgument))
    .description("let an account send again that was stopped, and its held mail go on")
    .addHelpText(
      "after",
      `\nChange its password first, and delete what is not its user's.\n${examples(
        "bailiwick account passwd alice@example.org",
        "bailiwick queue delete --login alice@example.org",
        "bailiwick account release alice@example.org",
      )}`,
    )
    .action(async (address: Address, { config }: CommonOptions) => {
      const released = await withOperations(config, (operations) =>
        operations.accountRelease(address),
      );
      const messages = released === 1 ? "1 held message goes" : `${released} held messages go`;
      print(`${formatAddress(address)} may send again; ${messages} on\n`);
    });
}

function addAbility(account: Command, verb: "disable" | "enable", description: string): void {
  withConfig(account.command(verb).argument("<address>", "the account", addressArgument))
    .description(description)
    .addHelpText("after", examples(`bailiwick account ${verb} alice@example.org`))
    .action(async (address: Address, { config }: CommonOptions) => {
      await withOperations(config, (operations) =>
        operations.accountSetDisabled(address, verb === "disable"),
      );
      print(`${formatAddress(address)} is ${verb}d\n`);
    });
}
