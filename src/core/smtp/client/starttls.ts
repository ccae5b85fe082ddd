// STARTTLS (RFC 3207), and what follows where there is no TLS.

import type { Reply } from "../reply.ts";
import { severity } from "../reply.ts";
import { describeReply } from "../reply.ts";
import { afterTls } from "./after-tls.ts";
import { hangUp, takeLeave } from "./ending.ts";
import type { Extensions } from "./extensions.ts";
import { type Failure, isRefusal } from "./failure.ts";
import type { Opening } from "./opening.ts";
import { policyWords } from "./protection.ts";
import type { ClientOutput, Step } from "./session-values.ts";
import { waits } from "./wait.ts";

export function askForTls(opening: Opening, extensions: Extensions): Step {
  return {
    state: { at: "starttls", opening, extensions },
    outputs: [{ kind: "write", data: "STARTTLS\r\n" }, waits.starttls],
  };
}

/** @param followed the host has said more in the clear behind its answer. */
export function onStartTls(
  opening: Opening,
  extensions: Extensions,
  reply: Reply,
  followed: boolean,
): Step {
  if (isRefusal(reply)) return onRefused(opening, extensions, reply);
  // What stands behind the answer in the clear would be taken for the host's words under TLS by a
  // client that keeps it: somebody between us may have put it there (CVE-2011-0411).
  if (followed) return hangUp({ kind: "host-failed", why: injected });
  return beginHandshake(opening);
}

export function beginHandshake(opening: Opening): Step {
  return {
    state: { at: "handshake", opening },
    outputs: [{ kind: "start-tls" }, waits.handshake],
  };
}

const injected: Failure = {
  kind: "local",
  status: "4.7.5",
  text: "octets followed the answer to STARTTLS in the clear, which a host never sends: somebody between may have put them there",
};

/** A host that takes no STARTTLS after all still takes mail in the clear (RFC 3207 §4.1). */
function onRefused(opening: Opening, extensions: Extensions, reply: Reply): Step {
  const { requireTls, tls } = opening.options;
  if (tls === "opportunistic" && requireTls !== true) {
    return stayInClear(opening, extensions, `STARTTLS was refused: ${describeReply(reply)}`);
  }
  const lasts = requireTls === true && severity(reply.code) === "permanent";
  const text = `its sender requires TLS (REQUIRETLS), and the host refused STARTTLS: ${describeReply(reply)}`;
  const why: Failure = lasts
    ? { kind: "local", status: "5.7.10", text }
    : { kind: "refused", stage: "starttls", reply };
  return takeLeave({ kind: "host-failed", why });
}

/** Goes on without TLS, where that may be. */
export function stayInClear(opening: Opening, extensions: Extensions, because: string): Step {
  const { tls, requireTls, policy } = opening.options;
  const protection: ClientOutput = {
    kind: "protection",
    protection: { kind: "clear", why: because, ...(policy !== undefined && { policy }) },
  };
  const mayBe = (tls === "off" || tls === "opportunistic") && requireTls !== true;
  if (mayBe) return afterTls(opening, extensions, protection);
  const by = policy === undefined ? "" : ` (${policyWords[policy]})`;
  const why: Failure =
    requireTls === true
      ? {
          kind: "local",
          status: "5.7.10",
          text: `its sender requires TLS (REQUIRETLS): ${because}`,
        }
      : { kind: "local", status: "4.7.4", text: `TLS is required here${by}, but ${because}` };
  return takeLeave(protection, { kind: "host-failed", why });
}
