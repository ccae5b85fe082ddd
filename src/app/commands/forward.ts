// `bailiwick forward`: addresses whose mail is sent on, to one or to many.

import { type Command, InvalidArgumentError } from "commander";
import type { Forward } from "../../core/forwards/forward.ts";
import { type Address, formatAddress, parseAddress } from "../../core/mail/address.ts";
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
import { readAccountFile } from "../account-file.ts";
import { ConfigurationError } from "../errors.ts";
import { addForwardImport } from "./forward-import.ts";

interface AddOptions extends CommonOptions {
  readonly from?: string;
  /** False: no copies any more. True: in the account with the address itself. */
  readonly keep?: Address | boolean;
  readonly owner?: Address | false;
  readonly membersOnly?: boolean;
}

export function addForwardCommands(program: Command): void {
  const forward = program
    .command("forward")
    .description("addresses whose mail is sent on: forwards and lists")
    .addHelpText(
      "after",
      examples(
        "bailiwick forward add info@example.org ann@example.org bob@elsewhere.example",
        "bailiwick forward list",
        "bailiwick forward remove info@example.org",
      ),
    );
  addAdd(forward);
  addList(forward);
  addRemove(forward);
  addForwardImport(forward);
}

const pattern = "such as info@example.org; @example.org is all that nobody has there";

function addAdd(forward: Command): void {
  withConfig(
    forward
      .command("add")
      .argument("<address>", pattern, addressPatternArgument)
      .argument("[target...]", "where its mail goes, here or elsewhere", addressArguments),
  )
    .description("send an address' mail on, or change how")
    .option("--from <file>", "more targets, one a line; - for standard input")
    .option(
      "--keep [account]",
      "leave a copy in this mailbox, else in the address' own",
      addressArgument,
    )
    .option("--no-keep", "leave no copy any more")
    .option("--owner <address>", "send in this address' name: bounces go there", addressArgument)
    .option("--no-owner", "send in the name of whoever wrote")
    .option("--members-only", "take mail from targets and owner alone")
    .option("--no-members-only", "take mail from everybody")
    .addHelpText(
      "after",
      examples(
        "bailiwick forward add info@example.org ann@example.org bob@elsewhere.example",
        "bailiwick forward add alice@example.org alice@elsewhere.example --keep",
        "bailiwick forward add team@example.org --from members.txt --owner boss@example.org --members-only",
        "bailiwick forward add @example.net ann@example.org",
      ),
    )
    .action(add);
}

async function add(
  address: AddressPattern,
  given: readonly Address[],
  { config, from, keep, owner, membersOnly }: AddOptions,
): Promise<void> {
  const listed = from === undefined ? [] : await readTargets(from);
  const request = {
    address,
    targets: [...given, ...listed],
    ...(keep !== undefined && { keep: keep === false ? null : keepIn(keep, address) }),
    ...(owner !== undefined && { owner: owner === false ? null : owner }),
    ...(membersOnly !== undefined && { membersOnly }),
  };
  const { targets, hidesMailbox } = await withOperations(config, (operations) =>
    operations.forwardAdd(request),
  );
  const name = formatAddressPattern(address);
  const whom = targets === 1 ? "1 address" : `${targets} addresses`;
  print(`mail for ${name} is sent on to ${whom} now\n`);
  if (hidesMailbox)
    print(`the mailbox of ${name} gets none of it; to leave a copy there: --keep\n`);
}

function keepIn(keep: Address | true, { local, domain }: AddressPattern): Address {
  if (keep !== true) return keep;
  if (local !== null) return { local, domain };
  throw new ConfigurationError(`--keep needs the name of an account for all of @${domain}`);
}

async function readTargets(file: string): Promise<readonly Address[]> {
  const lines = (await readAccountFile(file)).split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return [];
    const address = parseAddress(text);
    if (address.ok) return [address.value];
    throw new ConfigurationError(
      `${file}:${index + 1}: ${JSON.stringify(text.slice(0, 80))} is no address such as ann@example.org`,
    );
  });
}

function addressArguments(text: string, before: readonly Address[] = []): readonly Address[] {
  const address = parseAddress(text);
  if (address.ok) return [...before, address.value];
  throw new InvalidArgumentError("Expected an address such as ann@example.org.");
}

/** Targets that a line of the table names. */
const mostNamed = 3;

function addList(forward: Command): void {
  withJson(
    withConfig(
      forward.command("list").argument("[address]", "only this one's", addressPatternArgument),
    ),
  )
    .description("list forwards, or all targets of one")
    .addHelpText(
      "after",
      examples("bailiwick forward list", "bailiwick forward list team@example.org --json"),
    )
    .action(async (address: AddressPattern | undefined, { config, json }: PrintOptions) => {
      const forwards = await withOperations(config, (operations) =>
        operations.forwardList(address ?? null),
      );
      if (json === true) return printJson(forwards);
      const most = address === undefined ? mostNamed : Infinity;
      print(
        formatTable([
          ["ADDRESS", "SENT ON TO", "HOW"],
          ...forwards.flatMap((each) => rows(each, most)),
        ]),
      );
    });
}

function rows({ key, targets, ...rule }: Forward, most: number): readonly (readonly string[])[] {
  const shown = targets.slice(0, most).map(formatAddress);
  const rest = targets.length - shown.length;
  const lines = rest > 0 ? [...shown, `and ${rest} more`] : shown;
  const [first = "", ...others] = lines;
  return [[key, first, how(rule)], ...others.map((line) => ["", line, ""])];
}

function how({ keep, owner, membersOnly }: Omit<Forward, "key" | "targets">): string {
  return [
    ...(keep === null ? [] : [`copy to ${keep}`]),
    ...(owner === null ? [] : [`owner ${formatAddress(owner)}`]),
    ...(membersOnly ? ["members only"] : []),
  ].join(", ");
}

function addRemove(forward: Command): void {
  withConfig(
    forward
      .command("remove")
      .argument("<address>", pattern, addressPatternArgument)
      .argument("[target...]", "only these targets", addressArguments),
  )
    .description("send mail on no more, or no more to some")
    .addHelpText(
      "after",
      examples(
        "bailiwick forward remove info@example.org",
        "bailiwick forward remove team@example.org ann@example.org",
      ),
    )
    .action(
      async (
        address: AddressPattern,
        targets: readonly Address[] | undefined,
        { config }: CommonOptions,
      ) => {
        const gone = targets ?? [];
        await withOperations(config, (operations) => operations.forwardRemove(address, gone));
        const name = formatAddressPattern(address);
        const whom = gone.length === 0 ? "" : ` to ${gone.map(formatAddress).join(", ")}`;
        print(`mail for ${name} is not sent on${whom} any more\n`);
      },
    );
}
