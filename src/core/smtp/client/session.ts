// One SMTP session as a client, without I/O: octets and requests in, octets and results out.

import type { ClientOptions, Opening } from "./opening.ts";
import { createReplyReader } from "./reply-reader.ts";
import type { ClientEvent, ClientInput, ClientOutput, ClientState } from "./session-values.ts";
import { beginHandshake } from "./starttls.ts";
import { step } from "./step.ts";
import { waits } from "./wait.ts";

export interface ClientSession {
  /** What is to be done first, on a connection that has just been made. */
  start(): readonly ClientOutput[];
  /** Takes what happened; gives what is to be done now, in order. Throws on `send` and `quit`
   * while the session is busy: that is a fault of the caller. */
  take(input: ClientInput): readonly ClientOutput[];
}

/** The caller sends after `idle`, and closes the connection at `close`. */
export function createClientSession(options: ClientOptions): ClientSession {
  const opening: Opening = { options, tls: undefined };
  let reader = createReplyReader();
  let state: ClientState = { at: "greeting", opening };

  function advance(event: ClientEvent): readonly ClientOutput[] {
    const next = step(state, event);
    state = next.state;
    return next.outputs;
  }

  return {
    start() {
      if (options.implicitTls !== true || options.tls === "off") return [waits.greeting];
      const begun = beginHandshake(opening);
      state = begun.state;
      return begun.outputs;
    },
    take(input) {
      if (input.kind === "tls-up") reader = createReplyReader();
      if (input.kind !== "bytes") return advance(input);
      const outputs: ClientOutput[] = [];
      const replies = reader.read(input.bytes);
      let left = replies.length;
      for (const read of replies) {
        const followed = --left > 0 || reader.isAmid;
        const event: ClientEvent = read.ok
          ? { kind: "reply", reply: read.value, followed }
          : { kind: "malformed", detail: read.problem };
        for (const output of advance(event)) outputs.push(output);
      }
      return outputs;
    },
  };
}
