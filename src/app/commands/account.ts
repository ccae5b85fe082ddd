// `bailiwick account`: mailboxes and their passwords.

import type { Command } from "commander";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { hashPassword } from "../../io/process/password-hash.ts";
import { withOperations } from "../operator.ts";
import {
  addressArgument,
  type CommonOptions,
  domainArgument,
  examples,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { readPassword } from "../password.ts";
import { print, printJson } from "../print.ts";
import { formatTable, formatTime } from "../table.ts";

interface PasswordOptions extends CommonOptions {
  readonly passwordFile?: string;
  readonly receiveOnly?: boolean;
}

const passwordFile = [
  "--password-file <file>",
  "read the password from a file (- for standard input)",
] as const;

export function addAccountCommands(program: Command): void {
  const account = program
    .command("account")
    .description("mailboxes and their passwords")
    .addHelpText(
      "after",
      examples("bailiwick account add alice@example.org", "bailiwick account list"),
    );
  addAdd(account);
  addList(account);
  addPasswd(account);
  withConfig(account.command("remove").argument("<address>", "the account", addressArgument))
    .description("remove an account; its mail stays in the data directory")
    .addHelpText("after", examples("bailiwick account remove alice@example.org"))
    .action(async (address: Address, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.accountRemove(address));
      print(`${formatAddress(address)} is removed; its mailbox folder was left as it is\n`);
    });
}

function addAdd(account: Command): void {
  withConfig(
    account.command("add").argument("<address>", "such as alice@example.org", addressArgument),
  )
    .description("add a mailbox; asks for its password")
    .option(...passwordFile)
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
      const password =
        options.receiveOnly === true ? null : await readPassword(options.passwordFile);
      const hash = password === null ? null : await hashPassword(password);
      await withOperations(options.config, (operations) => operations.accountAdd(address, hash));
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
      const rows = accounts.map(({ address, canLogIn, createdAt }) => [
        formatAddress(address),
        canLogIn ? "yes" : "no",
        formatTime(createdAt),
      ]);
      print(formatTable([["ACCOUNT", "PASSWORD", "ADDED"], ...rows]));
    });
}

function addPasswd(account: Command): void {
  withConfig(account.command("passwd").argument("<address>", "the account", addressArgument))
    .description("change an account's password")
    .option(...passwordFile)
    .addHelpText(
      "after",
      examples(
        "bailiwick account passwd alice@example.org",
        "bailiwick account passwd alice@example.org --password-file secret.txt",
      ),
    )
    .action(async (address: Address, options: PasswordOptions) => {
      const hash = await hashPassword(await readPassword(options.passwordFile));
      await withOperations(options.config, (operations) =>
        operations.accountSetPassword(address, hash),
      );
      print(`the password of ${formatAddress(address)} is changed\n`);
    });
}
