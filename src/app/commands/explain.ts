// `bailiwick explain`: would this client be let in, and why?

import { type Command, Option } from "commander";
import type { Address } from "../../core/mail/address.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { renderExplanation } from "../../core/policy/explain/render.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import { exitCodes } from "../errors.ts";
import { type Answerer, withOperations } from "../operator.ts";
import {
  addressArgument,
  examples,
  ipArgument,
  type PrintOptions,
  recipientArgument,
  type Sender,
  senderArgument,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";

interface ExplainOptions extends PrintOptions {
  readonly ip: IpAddress;
  readonly role: RelayRole;
  readonly from: Sender;
  readonly to: Address;
  readonly login?: Address;
  readonly tls?: boolean;
  readonly helo?: string;
}

export function addExplainCommand(program: Command): void {
  withJson(withConfig(program.command("explain")))
    .description("would this client be let in, and why? Status 0 where it would, else 1")
    .requiredOption("--ip <address>", "the client's IP address", ipArgument)
    .addOption(
      new Option("--role <role>", "the listener's").choices(["mx", "submission"]).default("mx"),
    )
    .requiredOption("--from <address>", "the envelope's sender (<> for nobody)", senderArgument)
    .requiredOption("--to <address>", "the envelope's recipient", recipientArgument)
    .option("--login <account>", "as if this account had logged in", addressArgument)
    .option("--tls", "as if the connection were encrypted")
    .option("--helo <name>", "what the client calls itself: shown, but no rule looks at it")
    .addHelpText(
      "after",
      examples(
        "bailiwick explain --ip 192.0.2.9 --from app@example.org --to bob@elsewhere.example",
        "bailiwick explain --ip 2001:db8::9 --role submission --tls --login ann@example.org \\",
        "    --from ann@example.org --to bob@elsewhere.example",
        "bailiwick explain --ip 203.0.113.5 --from '<>' --to ann@example.org --json | jq .reply",
      ),
    )
    .action(async (options: ExplainOptions) => {
      const { ip, role, from, to, login, tls, helo, json } = options;
      await withOperations(options.config, async (operations, answerer) => {
        const explanation = await operations.explain({
          role,
          client: ip,
          isEncrypted: tls === true,
          login: login ?? null,
          sender: from.path,
          recipient: to,
        });
        const hello = helo === undefined ? [] : [["hello", helo] as const];
        if (json === true) printJson({ answerer, ...Object.fromEntries(hello), ...explanation });
        else print(`${renderExplanation(explanation, hello)}\n${describeAnswerer(answerer)}`);
        if (explanation.decision.verdict !== "accept") process.exitCode = exitCodes.no;
      });
    });
}

function describeAnswerer(answerer: Answerer): string {
  return answerer === "server"
    ? "Asked the running server.\n"
    : "No server runs: asked the configuration and its store.\n";
}
