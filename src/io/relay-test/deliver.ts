// Sends a whole message in a form that was taken, so that the operator sees what becomes of it.

import type { Context } from "../../core/relay-test/contexts.ts";
import type { Names } from "../../core/relay-test/names.ts";
import type { Answer } from "../../core/relay-test/outcome.ts";
import type { Pair } from "../../core/relay-test/pairs.ts";
import { severity } from "../../core/smtp/reply.ts";
import { type Dialog, DialogError } from "./dialog.ts";
import { takeSteps } from "./session.ts";
import { Transaction } from "./transaction.ts";

export interface DeliverOptions {
  readonly connect: () => Promise<Dialog>;
  readonly context: Context;
  readonly names: Names;
  readonly pair: Pair;
  /** With CR LF behind each line, and no line that begins with a dot. */
  readonly content: string;
}

/** Resolves with the answer to the message, or to what was said before it in vain. */
export async function deliver(options: DeliverOptions): Promise<Answer> {
  const { connect, context, names, pair, content } = options;
  let dialog: Dialog | undefined;
  try {
    dialog = await connect();
    const obstacle = await takeSteps(dialog, context.steps, names);
    if (obstacle !== undefined) return nothing(obstacle.said);
    const answer = await new Transaction(dialog, names).ask(pair);
    if (answer.to !== "RCPT" || severity(answer.reply.code) !== "positive") return answer;
    const go = await dialog.command("DATA");
    if (severity(go.code) !== "intermediate") return { to: "DATA", reply: go };
    return { to: "DATA", reply: await dialog.command(`${content}.`) };
  } catch (error) {
    if (error instanceof DialogError) return nothing(error.message);
    throw error;
  } finally {
    dialog?.close();
  }
}

function nothing(why: string): Answer {
  return { to: "nothing", after: "DATA", why };
}
