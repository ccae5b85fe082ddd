// The start of a session: greeting, EHLO (in LMTP LHLO), and HELO for hosts that know no other (RFC 5321 §3.2). It
// comes twice where STARTTLS stands between.

import type { Reply } from "../reply.ts";
import { afterTls } from "./after-tls.ts";
import { takeLeave } from "./ending.ts";
import { noExtensions, parseExtensions } from "./extensions.ts";
import { isRefusal, type Stage } from "./failure.ts";
import type { Opening } from "./opening.ts";
import type { ClientOutput, HelloVerb, Step } from "./session-values.ts";
import { askForTls, stayInClear } from "./starttls.ts";
import { waits } from "./wait.ts";

export function onGreeting(opening: Opening, reply: Reply): Step {
  return isRefusal(reply) ? refusedAt("greeting", reply) : sayHello(opening);
}

/** @param before what is to be told first. */
export function sayHello(opening: Opening, ...before: readonly ClientOutput[]): Step {
  // RFC 2033 §4.1: LMTP has a word of its own, and no older one.
  return say(opening, opening.options.protocol === "lmtp" ? "LHLO" : "EHLO", ...before);
}

function say(opening: Opening, verb: HelloVerb, ...before: readonly ClientOutput[]): Step {
  const data = `${verb} ${opening.options.hostname}\r\n`;
  return {
    state: { at: "hello", opening, verb },
    outputs: [...before, { kind: "write", data }, waits.hello],
  };
}

export function onHello(opening: Opening, verb: HelloVerb, reply: Reply): Step {
  if (isRefusal(reply)) {
    if (verb === "EHLO" && mayKnowHelo(reply)) return say(opening, "HELO");
    return refusedAt("hello", reply);
  }
  const extensions = verb === "HELO" ? noExtensions : parseExtensions(reply);
  if (opening.tls !== undefined) return afterTls(opening, extensions);
  const { tls, clearBecause = "as configured" } = opening.options;
  if (tls === "off") return stayInClear(opening, extensions, clearBecause);
  if (extensions.startTls) return askForTls(opening, extensions);
  return stayInClear(opening, extensions, "the host offers no STARTTLS");
}

/** Answers to EHLO after which RFC 5321 §4.1.4 has the client say HELO; 550 is the answer of some
 * old gateways. Others mean the client, not the command. */
function mayKnowHelo({ code }: Reply): boolean {
  return [500, 501, 502, 504, 550].includes(code);
}

function refusedAt(stage: Stage, reply: Reply): Step {
  return takeLeave({ kind: "host-failed", why: { kind: "refused", stage, reply } });
}
