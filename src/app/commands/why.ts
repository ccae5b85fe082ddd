// `bailiwick why`: why did a client get the answer that it got?

import type { Command } from "commander";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { findDecisionId } from "../../core/policy/decision-id.ts";
import type { Operations } from "../../server/admin/operations.ts";
import { decisionTable, describeWhy } from "../decision-view.ts";
import { ConfigurationError } from "../errors.ts";
import { withOperations } from "../operator.ts";
import { examples, ipArgument, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";

interface WhyOptions extends PrintOptions {
  readonly client?: IpAddress;
}

export function addWhyCommand(program: Command): void {
  const id = "the id in the client's reply, or the whole reply";
  withJson(withConfig(program.command("why").argument("[id...]", id)))
    .description(
      "why did a client get that answer? Shows a decision with the facts it was made from",
    )
    .option("--client <ip>", "list the last decisions for this client", ipArgument)
    .addHelpText(
      "after",
      examples(
        "bailiwick why 0fk3v9d2m4a.1",
        "bailiwick why '550 5.7.1 Relaying denied: ... may not relay here (0fk3v9d2m4a.1)'",
        "bailiwick why --client 203.0.113.9",
      ),
    )
    .action(async (words: readonly string[], { config, client, json }: WhyOptions) => {
      const ask = questionOf(words.join(" "), client);
      await withOperations(config, (operations) => ask(operations, json === true));
    });
}

type Ask = (operations: Operations, json: boolean) => Promise<void>;

function questionOf(text: string, client: IpAddress | undefined): Ask {
  if (client !== undefined && text === "")
    return (operations, json) => list(operations, client, json);
  if (client !== undefined) throw new ConfigurationError("give an id or --client, not both");
  const id = findDecisionId(text);
  if (id !== undefined) return (operations, json) => show(operations, id, json);
  const advice = "such as 0fk3v9d2m4a.1, as it stands in brackets at the end of a refusal";
  const found = text === "" ? "which decision?" : "there is no decision's id in that;";
  throw new ConfigurationError(`${found} give its id, ${advice}, or use --client IP`);
}

async function show(operations: Operations, id: string, json: boolean): Promise<void> {
  const why = await operations.why(id);
  if (json) printJson(why);
  else print(describeWhy(why));
}

async function list(operations: Operations, client: IpAddress, json: boolean): Promise<void> {
  const decisions = await operations.whyClient(client);
  if (json) printJson(decisions);
  else print(`The last decisions for ${formatIp(client)}:\n\n${decisionTable(decisions)}`);
}
