// `bailiwick app-password`: passwords for single devices and programs.

import { type Command, Option } from "commander";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { appPasswordDigest, newAppPassword } from "../../io/password/app-password.ts";
import type { AppPassword, AppPasswordScope } from "../../io/store/app-password-store.ts";
import { withOperations } from "../operator.ts";
import {
  addressArgument,
  type CommonOptions,
  examples,
  nameArgument,
  type PrintOptions,
  shortIdArgument,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { describeLastUse, scopeInWords } from "../../server/admin/words/app-password-words.ts";
import { formatTime } from "../../server/admin/words/times.ts";
import { formatTable } from "../table.ts";

interface AddOptions extends PrintOptions {
  readonly scope: AppPasswordScope;
}

export function addAppPasswordCommands(program: Command): void {
  const appPassword = program
    .command("app-password")
    .description("passwords for single devices and programs")
    .addHelpText(
      "after",
      examples(
        'bailiwick app-password add alice@example.org "scanner, 2nd floor" --scope send',
        "bailiwick app-password list",
      ),
    );
  addAdd(appPassword);
  addList(appPassword);
  withConfig(
    appPassword
      .command("remove")
      .argument("<id>", "as `app-password list` prints it", shortIdArgument),
  )
    .description("make an app password worthless")
    .addHelpText("after", examples("bailiwick app-password remove hqvtkmwsy"))
    .action(async (id: string, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.appPasswordRemove(id));
      print(`the app password ${id} is removed\n`);
    });
}

function addAdd(appPassword: Command): void {
  withJson(
    withConfig(
      appPassword
        .command("add")
        .argument("<account>", "such as alice@example.org", addressArgument)
        .argument("<name>", "what the password is for", nameArgument),
    ),
  )
    .description("make a password for one device; it is shown once, and kept nowhere")
    .addOption(
      new Option("--scope <scope>", "what may be done with it")
        .choices(["send", "read", "all"] satisfies AppPasswordScope[])
        .default("all"),
    )
    .addHelpText(
      "after",
      examples('bailiwick app-password add alice@example.org "scanner, 2nd floor" --scope send'),
    )
    .action(async (account: Address, name: string, { config, scope, json }: AddOptions) => {
      const password = newAppPassword();
      const digest = appPasswordDigest(password) ?? "";
      const added = await withOperations(config, (operations) =>
        operations.appPasswordAdd(account, { name, scope, digest }),
      );
      if (json === true) return printJson({ ...added, password });
      print(
        `${password}\n\n` +
          `This is the password of ${formatAddress(account)} for "${name}" (${scopeInWords[scope]}). ` +
          `It is not shown again.\nTo take it back: bailiwick app-password remove ${added.id}\n`,
      );
    });
}

function addList(appPassword: Command): void {
  withJson(
    withConfig(
      appPassword.command("list").argument("[account]", "only this account's", addressArgument),
    ),
  )
    .description("list app passwords, and when each was last used")
    .addHelpText(
      "after",
      examples(
        "bailiwick app-password list",
        "bailiwick app-password list alice@example.org --json",
      ),
    )
    .action(async (account: Address | undefined, { config, json }: PrintOptions) => {
      const passwords = await withOperations(config, (operations) =>
        operations.appPasswordList(account ?? null),
      );
      if (json === true) return printJson(passwords);
      const header = ["ID", "ACCOUNT", "NAME", "SCOPE", "ADDED", "LAST USED"];
      print(formatTable([header, ...passwords.map(toRow)]));
    });
}

function toRow(password: AppPassword): readonly string[] {
  const { id, account, name, scope, createdAt } = password;
  return [id, account, name, scope, formatTime(createdAt), describeLastUse(password)];
}
