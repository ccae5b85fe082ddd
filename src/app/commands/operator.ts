// `bailiwick operator`: who may log in to the page.

import { formatTime } from "../../server/admin/words/times.ts";
import { type Command, InvalidArgumentError } from "commander";
import type { Settings } from "../../core/config/settings.ts";
import { isOperatorName, operatorNameExpected } from "../../server/admin/operator-name.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  examples,
  passwordFileOption,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { readOperatorPassword } from "../password.ts";
import { print, printJson } from "../print.ts";
import { formatTable } from "../table.ts";

interface PasswordOptions extends CommonOptions {
  readonly passwordFile?: string;
}

export function addOperatorCommands(program: Command): void {
  const operator = program
    .command("operator")
    .description("who may log in to the page of this server")
    .addHelpText(
      "after",
      examples(
        "bailiwick operator add ann",
        "bailiwick operator list",
        "bailiwick audit --who ann",
      ),
    );
  addAdd(operator);
  addPassword(operator);
  addList(operator);
  withConfig(operator.command("remove").argument("<name>", "the operator", nameArgument))
    .description("let an operator in no more; who is logged in is logged out")
    .addHelpText("after", examples("bailiwick operator remove ann"))
    .action(async (name: string, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.operatorRemove(name));
      print(`${name} is no operator any more\n`);
    });
}

function addAdd(operator: Command): void {
  withConfig(operator.command("add").argument("<name>", "such as ann", nameArgument))
    .description("let an operator in; asks for a password")
    .option(...passwordFileOption)
    .addHelpText(
      "after",
      examples(
        "bailiwick operator add ann",
        "bailiwick operator add ann --password-file secret.txt",
        "pass show mail/operator | bailiwick operator add ann --password-file -",
      ),
    )
    .action(async (name: string, { config, passwordFile }: PasswordOptions) => {
      const password = await readOperatorPassword(passwordFile);
      const where = await withOperations(config, async (operations, _, settings) => {
        await operations.operatorAdd(name, password);
        return describePlace(settings);
      });
      print(`${name} is added. ${where}\n`);
    });
}

function describePlace({ listeners }: Settings): string {
  const listener = listeners.find(({ role }) => role === "admin");
  const endpoint = listener?.listen[0];
  if (listener === undefined || endpoint === undefined) {
    return "There is no page yet: the configuration has no listener of the role admin.";
  }
  const scheme = listener.tls === "implicit" ? "https" : "http";
  return `The page is at ${scheme}://${formatEndpoint(endpoint)}/`;
}

function addPassword(operator: Command): void {
  withConfig(operator.command("password").argument("<name>", "the operator", nameArgument))
    .description("change an operator's password; who is logged in is logged out")
    .option(...passwordFileOption)
    .addHelpText(
      "after",
      examples(
        "bailiwick operator password ann",
        "bailiwick operator password ann --password-file secret.txt",
      ),
    )
    .action(async (name: string, { config, passwordFile }: PasswordOptions) => {
      const password = await readOperatorPassword(passwordFile);
      await withOperations(config, (operations) =>
        operations.operatorSetPassword(name, password, null),
      );
      print(`the password of ${name} is changed\n`);
    });
}

function addList(operator: Command): void {
  withJson(withConfig(operator.command("list")))
    .description("list operators")
    .addHelpText("after", examples("bailiwick operator list", "bailiwick operator list --json"))
    .action(async ({ config, json }: PrintOptions) => {
      const operators = await withOperations(config, (operations) => operations.operatorList());
      if (json === true) return printJson(operators);
      if (operators.length === 0) {
        return print("There is no operator. Add one: bailiwick operator add NAME\n");
      }
      const rows = operators.map(({ name, createdAt }) => [name, formatTime(createdAt)]);
      print(formatTable([["OPERATOR", "ADDED"], ...rows]));
    });
}

function nameArgument(text: string): string {
  if (isOperatorName(text)) return text;
  throw new InvalidArgumentError(`Expected ${operatorNameExpected}.`);
}
