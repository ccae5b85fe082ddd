// The ways in which a message, or the whole session, comes to its end.

import type { Failure, RecipientOutcome } from "./failure.ts";
import { outcomes } from "./outcomes.ts";
import type { ClientOutput, ClientState, Peer, Step, Transaction } from "./session-values.ts";
import { waits } from "./wait.ts";

/** The session can take a message, unless the host has had as many as it wants (RFC 9422). */
export function becomeIdle(peer: Peer, ...before: readonly ClientOutput[]): Step {
  if (peer.messages >= peer.extensions.messagesMax) return takeLeave(...before);
  const idle: ClientOutput = { kind: "idle", messages: peer.messages };
  return { state: { at: "idle", peer }, outputs: [...before, idle] };
}

/** Ends a transaction: `rest` is what became of the recipients that were not refused. `open`: the
 * host has heard MAIL, but no end of the content (RFC 5321 §4.1.1.5). */
export function conclude(transaction: Transaction, rest: RecipientOutcome, open: boolean): Step {
  return becomeIdle({ ...transaction.peer, open }, settled(transaction, rest));
}

export function settled(transaction: Transaction, rest: RecipientOutcome): ClientOutput {
  return { kind: "settled", outcomes: outcomes(transaction, rest) };
}

/** Says QUIT after `before`; the connection closes with the answer to it. */
export function takeLeave(...before: readonly ClientOutput[]): Step {
  const quit: ClientOutput = { kind: "write", data: "QUIT\r\n" };
  return { state: { at: "quit" }, outputs: [...before, quit, waits.quit] };
}

/** Closes the connection after `before`, without another word. */
export function hangUp(...before: readonly ClientOutput[]): Step {
  return { state: { at: "closed" }, outputs: [...before, { kind: "close" }] };
}

/** The session cannot go on, at any point of it. What the host has refused for good stays refused;
 * all else that was in hand may be tried again. */
export function fail(state: ClientState, why: Failure): Step {
  switch (state.at) {
    case "greeting":
    case "hello":
    case "starttls":
    case "handshake":
    case "login":
    case "reset":
      return hangUp({ kind: "host-failed", why });
    case "mail":
    case "recipient":
    case "data":
    case "content":
    case "final":
      return hangUp(settled(state.transaction, { kind: "temporary", why }));
    case "idle":
    case "quit":
      return hangUp();
    case "closed":
      return { state, outputs: [] };
  }
}
