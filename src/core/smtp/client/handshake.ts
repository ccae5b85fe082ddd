// The handshake has come to something, or to nothing.

import { hangUp, takeLeave } from "./ending.ts";
import type { Failure } from "./failure.ts";
import { sayHello } from "./hello.ts";
import type { Opening } from "./opening.ts";
import { type HostTls, protectionOf } from "./protection.ts";
import type { ClientOutput, Step } from "./session-values.ts";
import { waits } from "./wait.ts";

export function onTlsUp(before: Opening, tls: HostTls): Step {
  const opening: Opening = { ...before, tls };
  const { options } = opening;
  const protection: ClientOutput = {
    kind: "protection",
    protection: protectionOf(tls, options.policy),
  };
  const mustBeVerified = options.tls === "verified" || options.requireTls === true;
  if (mustBeVerified && tls.doubt !== undefined) {
    return takeLeave(protection, { kind: "host-failed", why: untrusted(options, tls.doubt) });
  }
  if (options.implicitTls === true) {
    return { state: { at: "greeting", opening }, outputs: [protection, waits.greeting] };
  }
  // What the host offered in the clear is forgotten (RFC 3207 §4.2).
  return sayHello(opening, protection);
}

export function onTlsFailed({ options }: Opening, detail: string): Step {
  const why: Failure =
    options.requireTls === true
      ? {
          kind: "local",
          status: "5.7.10",
          text: `its sender requires TLS (REQUIRETLS), and the handshake failed: ${detail}`,
        }
      : { kind: "tls", detail };
  return hangUp({ kind: "host-failed", why });
}

function untrusted({ requireTls }: Opening["options"], doubt: string): Failure {
  return requireTls === true
    ? { kind: "local", status: "5.7.10", text: `its sender requires TLS (REQUIRETLS): ${doubt}` }
    : { kind: "local", status: "4.7.5", text: doubt };
}
