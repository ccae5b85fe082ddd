// The first connection: who the server says it is, and whether it takes mail from here at all.

import type { Address } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { greetedName, guessLocal, type Names } from "../../core/relay-test/names.ts";
import type { Answer } from "../../core/relay-test/outcome.ts";
import type { Survey } from "../../core/relay-test/report.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { DialogError } from "./dialog.ts";
import { open, type Opened, type OpenOptions } from "./opening.ts";
import { takeSteps } from "./session.ts";
import { Transaction } from "./transaction.ts";

export interface SurveyOptions extends OpenOptions {
  /** v@X. */
  readonly foreign: Address;
  /** U@L, where the operator has named it. */
  readonly local?: Address;
}

/** @throws {DialogError} where there is no server to be tested */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const opened = await open(options);
  const { dialog, greeting, client } = opened;
  try {
    const names = namesFor(opened, options);
    // What is refused here is refused in the contexts, too, and told there.
    await takeSteps(dialog, ["EHLO"], names);
    return {
      server: formatEndpoint({ host: formatIp(names.ip), port: options.endpoint.port }),
      client,
      greeting: greeting.lines[0] ?? "",
      names,
      namedLocal: options.local !== undefined,
      local: await askForLocal(new Transaction(dialog, names)),
    };
  } finally {
    dialog.close();
  }
}

async function askForLocal(transaction: Transaction): Promise<Answer> {
  try {
    return await transaction.ask({ sender: "<a@X>", recipient: "<U@L>" });
  } catch (error) {
    if (!(error instanceof DialogError)) throw error;
    return { to: "nothing", after: transaction.command, why: error.message };
  }
}

function namesFor({ greeting, server }: Opened, { endpoint, ...options }: SurveyOptions): Names {
  // A link-local address comes with its zone, which is ours alone.
  const ip = parseIp(server.split("%")[0] ?? "");
  if (ip === undefined) throw new DialogError("it was gone before it could be asked");
  const host = greetedName(greeting.lines[0] ?? "") ?? nameOf(endpoint.host, ip);
  return { host, ip, foreign: options.foreign, local: options.local ?? guessLocal(host) };
}

/** The name that the operator has for the server. */
function nameOf(host: string, ip: IpAddress): Domain {
  if (parseIp(host) === undefined) return host;
  return ip.version === 4 ? `[${formatIp(ip)}]` : `[IPv6:${formatIp(ip)}]`;
}
