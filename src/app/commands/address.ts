// `bailiwick address`: addresses that an account has beside its own.

import { type Command, Option } from "commander";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import type { AddressKind } from "../../io/store/address-store.ts";
import { type AddressPattern, formatAddressPattern } from "../../core/mail/address-pattern.ts";
import { withOperations } from "../operator.ts";
import {
  addressArgument,
  addressPatternArgument,
  type CommonOptions,
  examples,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { formatTable } from "../table.ts";

interface AddOptions extends CommonOptions {
  readonly sendAs?: boolean;
}

const inWords: Readonly<Record<AddressKind, string>> = {
  alias: "receives and sends",
  "send-as": "sends",
};

export function addAddressCommands(program: Command): void {
  const address = program
    .command("address")
    .description("further addresses of accounts")
    .addHelpText(
      "after",
      examples(
        "bailiwick address add info@example.org alice@example.org",
        "bailiwick address list alice@example.org",
      ),
    );
  addAdd(address);
  addList(address);
  withPair(address.command("remove"))
    .description("take an address away from an account")
    .addHelpText("after", examples("bailiwick address remove info@example.org alice@example.org"))
    .action(async (pattern: AddressPattern, account: Address, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.addressRemove(pattern, account));
      print(
        `${formatAddressPattern(pattern)} is no address of ${formatAddress(account)} any more\n`,
      );
    });
}

function withPair(command: Command): Command {
  return withConfig(
    command
      .argument(
        "<address>",
        "such as info@example.org; @example.org is all that nobody has there",
        addressPatternArgument,
      )
      .argument("<account>", "such as alice@example.org", addressArgument),
  );
}

function addAdd(address: Command): void {
  withPair(address.command("add"))
    .description("give an account an address more: its mail arrives there, and it may send as it")
    .addOption(new Option("--send-as", "the account may send as the address, and no more"))
    .addHelpText(
      "after",
      examples(
        "bailiwick address add info@example.org alice@example.org",
        "bailiwick address add @example.org alice@example.org",
        "bailiwick address add team@example.org bob@example.org --send-as",
      ),
    )
    .action(async (pattern: AddressPattern, account: Address, options: AddOptions) => {
      const kind = options.sendAs === true ? "send-as" : "alias";
      await withOperations(options.config, (operations) =>
        operations.addressAdd(pattern, account, kind),
      );
      const [name, holder] = [formatAddressPattern(pattern), formatAddress(account)];
      print(
        kind === "alias"
          ? `mail for ${name} goes to ${holder} now, who may send as it\n`
          : `${holder} may send as ${name} now\n`,
      );
    });
}

function addList(address: Command): void {
  withJson(
    withConfig(
      address.command("list").argument("[account]", "only this account's", addressArgument),
    ),
  )
    .description("list the addresses that accounts have beside their own")
    .addHelpText(
      "after",
      examples("bailiwick address list", "bailiwick address list alice@example.org --json"),
    )
    .action(async (account: Address | undefined, { config, json }: PrintOptions) => {
      const addresses = await withOperations(config, (operations) =>
        operations.addressList(account ?? null),
      );
      if (json === true) return printJson(addresses);
      const rows = addresses.map(({ key, account: holder, kind }) => [key, holder, inWords[kind]]);
      print(formatTable([["ADDRESS", "ACCOUNT", "WHICH"], ...rows]));
    });
}
