// `bailiwick token`: what programs show to use the HTTP API.

import { formatTime } from "../../server/admin/words/times.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ApiToken } from "../../io/store/api-token-store.ts";
import { systemClock } from "../../io/process/clock.ts";
import { isScope, type Scope, scopes, scopeNames } from "../../server/admin/access/scopes.ts";
import { digestOf, newToken } from "../../server/admin/access/secrets.ts";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  examples,
  longDurationArgument,
  nameArgument,
  type PrintOptions,
  shortIdArgument,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { formatTable } from "../table.ts";

interface AddOptions extends PrintOptions {
  readonly scope: readonly Scope[];
  readonly expires?: number;
}

export function addTokenCommands(program: Command): void {
  const token = program
    .command("token")
    .description("tokens with which programs use the HTTP API")
    .addHelpText(
      "after",
      examples("bailiwick token add backup --scope read", "bailiwick token list"),
    );
  addAdd(token);
  addList(token);
  withConfig(token.command("remove").argument("<id>", "as `token list` prints it", shortIdArgument))
    .description("make a token worthless")
    .addHelpText("after", examples("bailiwick token remove hqvtkmwsy"))
    .action(async (id: string, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.tokenRemove(id));
      print(`the token ${id} is removed\n`);
    });
}

function addAdd(token: Command): void {
  withJson(
    withConfig(token.command("add").argument("<name>", "what the token is for", nameArgument)),
  )
    .description("make a token; it is shown once, and kept nowhere")
    .addOption(
      new Option("--scope <scopes>", "what it is good for, with commas between")
        .argParser(scopesArgument)
        .makeOptionMandatory(),
    )
    .option(
      "--expires <duration>",
      "for how long, such as 90d; else for ever",
      longDurationArgument,
    )
    .addHelpText("after", `\nScopes:\n${scopeTable()}`)
    .addHelpText(
      "after",
      examples(
        "bailiwick token add backup --scope read",
        'bailiwick token add "night shift" --scope read,queue --expires 90d',
      ),
    )
    .action(async (name: string, { config, json, scope, expires }: AddOptions) => {
      const secret = newToken();
      const request = { name, scopes: scope, digest: digestOf(secret), length: expires ?? null };
      const added = await withOperations(config, (operations) => operations.tokenAdd(request));
      if (json === true) return printJson({ ...added, token: secret });
      print(
        `${secret}\n\nThis is the token "${name}" (${scope.join(", ")}${describeEnd(added)}). ` +
          `It is not shown again.\nTo take it back: bailiwick token remove ${added.id}\n`,
      );
    });
}

function scopeTable(): string {
  return formatTable(Object.entries(scopes).map(([name, allows]) => ["", name, allows])).trimEnd();
}

function describeEnd({ expiresAt }: ApiToken): string {
  return expiresAt === undefined ? "" : `, until ${formatTime(expiresAt)}`;
}

function addList(token: Command): void {
  withJson(withConfig(token.command("list")))
    .description("list tokens, and when each was last used")
    .addHelpText("after", examples("bailiwick token list", "bailiwick token list --json"))
    .action(async ({ config, json }: PrintOptions) => {
      const tokens = await withOperations(config, (operations) => operations.tokenList());
      if (json === true) return printJson(tokens);
      if (tokens.length === 0) {
        return print("There is no token. Add one: bailiwick token add NAME --scope read\n");
      }
      const header = ["ID", "NAME", "SCOPES", "ADDED", "LAST USED", "EXPIRES"];
      print(formatTable([header, ...tokens.map((each) => toRow(each, systemClock.now()))]));
    });
}

function toRow(token: ApiToken, now: number): readonly string[] {
  const { id, name, scopes: allowed, createdAt, lastUsed, expiresAt } = token;
  const end =
    expiresAt === undefined
      ? "never"
      : `${formatTime(expiresAt)}${expiresAt <= now ? " (over)" : ""}`;
  const last = lastUsed === undefined ? "never" : formatTime(lastUsed);
  return [id, name, allowed.join(","), formatTime(createdAt), last, end];
}

function scopesArgument(text: string): readonly Scope[] {
  const words = text.split(",").map((word) => word.trim());
  const known = words.filter(isScope);
  if (known.length === words.length) return known;
  throw new InvalidArgumentError(`Expected scopes out of ${scopeNames.join(", ")}.`);
}
