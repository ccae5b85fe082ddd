// One SMTP session as a client, without I/O: octets and requests in, octets and results out.

import { createReplyReader } from "./reply-reader.ts";
import type { ClientInput, ClientOutput, ClientState } from "./session-values.ts";
import { step } from "./step.ts";

export interface ClientSession {
  /** Takes what happened; gives what is to be done now, in order. Throws on `send` and `quit`
   * while the session is busy: that is a fault of the caller. */
  take(input: ClientInput): readonly ClientOutput[];
}

/** A session on a connection that has just been made. The caller begins with
 * `waits.greeting`, sends after `idle`, and closes the connection at `close`.
 * `hostname` is our name or address literal for EHLO (RFC 5321 §4.1.1.1). */
export function createClientSession({ hostname }: { readonly hostname: string }): ClientSession {
  const reader = createReplyReader();
  let state: ClientState = { at: "greeting", hostname };
  return {
    take(input) {
      if (input.kind !== "bytes") {
        const next = step(state, input);
        state = next.state;
        return next.outputs;
      }
      const outputs: ClientOutput[] = [];
      for (const read of reader.read(input.bytes)) {
        const next = step(
          state,
          read.ok
            ? { kind: "reply", reply: read.value }
            : { kind: "malformed", detail: read.problem },
        );
        state = next.state;
        outputs.push(...next.outputs);
      }
      return outputs;
    },
  };
}
