// A connection that is brought to the moment at which forms are tried.

import { describeReply, type Reply, severity } from "../../core/smtp/reply.ts";
import type { Step } from "../../core/relay-test/contexts.ts";
import { fillIn, type Names } from "../../core/relay-test/names.ts";
import type { Obstacle } from "../../core/relay-test/report.ts";
import type { Dialog } from "./dialog.ts";

/** The name that we greet with; the form of it is in order, and nobody has it. */
const helloName = "relay-test.example";

/** A login that nobody has: user and password `relay-test-no-such-login` (RFC 4616). */
const madeUpLogin = btoa("\0relay-test-no-such-login\0relay-test-no-such-login");

/** Takes the steps, one after another, up to the first that comes out otherwise than it should; that
 * is returned. @throws {DialogError} */
export async function takeSteps(
  dialog: Dialog,
  steps: readonly Step[],
  names: Names,
): Promise<Obstacle | undefined> {
  for (const step of steps) {
    const reply = await take(dialog, step, names);
    const kind = judge(step, reply);
    if (kind !== undefined) return { kind, said: `${step}: ${describeReply(reply)}` };
  }
  return undefined;
}

async function take(dialog: Dialog, step: Step, names: Names): Promise<Reply> {
  switch (step) {
    case "HELO":
    case "EHLO":
      return dialog.command(`${step} ${helloName}`);
    case "STARTTLS": {
      const reply = await dialog.command(step);
      if (isPositive(reply)) await dialog.startTls();
      return reply;
    }
    case "AUTH":
      return logIn(dialog);
    case "RSET":
      await dialog.command(`MAIL FROM:${fillIn("<a@X>", names)}`);
      await dialog.command(`RCPT TO:${fillIn("<U@L>", names)}`);
      return dialog.command(step);
  }
}

/** Old servers want the answer on a line of its own. */
async function logIn(dialog: Dialog): Promise<Reply> {
  const reply = await dialog.command(`AUTH PLAIN ${madeUpLogin}`);
  return severity(reply.code) === "intermediate" ? dialog.command(madeUpLogin) : reply;
}

function judge(step: Step, reply: Reply): Obstacle["kind"] | undefined {
  if (step === "AUTH") {
    if (isPositive(reply)) return "login-taken";
    const isUnknown = /^50[0234]$/.test(String(reply.code));
    return isUnknown ? "not-offered" : undefined;
  }
  if (isPositive(reply)) return undefined;
  return severity(reply.code) === "permanent" ? "not-offered" : "unanswered";
}

function isPositive({ code }: Reply): boolean {
  return severity(code) === "positive";
}
