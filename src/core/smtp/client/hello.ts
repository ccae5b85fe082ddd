// The start of a session: greeting, EHLO, and HELO for hosts that know no other (RFC 5321 §3.2).

import type { Reply } from "../reply.ts";
import { becomeIdle, takeLeave } from "./ending.ts";
import { type Extensions, noExtensions, parseExtensions } from "./extensions.ts";
import { isRefusal, type Stage } from "./failure.ts";
import type { Step } from "./session-values.ts";
import { waits } from "./wait.ts";

export function onGreeting(hostname: string, reply: Reply): Step {
  return isRefusal(reply) ? refusedAt("greeting", reply) : sayHello(hostname, "EHLO");
}

function sayHello(hostname: string, verb: "EHLO" | "HELO"): Step {
  return {
    state: { at: "hello", hostname, verb },
    outputs: [{ kind: "write", data: `${verb} ${hostname}\r\n` }, waits.hello],
  };
}

export function onHello(hostname: string, verb: "EHLO" | "HELO", reply: Reply): Step {
  if (!isRefusal(reply)) return ready(verb === "EHLO" ? parseExtensions(reply) : noExtensions);
  if (verb === "EHLO" && mayKnowHelo(reply)) return sayHello(hostname, "HELO");
  return refusedAt("hello", reply);
}

function ready(extensions: Extensions): Step {
  return becomeIdle({ extensions, messages: 0, open: false });
}

/** Answers to EHLO after which RFC 5321 §4.1.4 has the client say HELO; 550 is the answer of some
 * old gateways. Others mean the client, not the command. */
function mayKnowHelo({ code }: Reply): boolean {
  return [500, 501, 502, 504, 550].includes(code);
}

function refusedAt(stage: Stage, reply: Reply): Step {
  return takeLeave({ kind: "host-failed", why: { kind: "refused", stage, reply } });
}
