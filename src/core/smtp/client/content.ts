// Sends a content: through DATA with dots doubled, or in counted chunks with BDAT (RFC 3030 §2).
// The message's size tells where it ends, so that a damaged content can never end early.

import type { Reply } from "../reply.ts";
import { conclude, fail, hangUp, settled, takeLeave } from "./ending.ts";
import { type Failure, isRefusal, refusal } from "./failure.ts";
import { taken } from "./outcomes.ts";
import { doubleDots, endOfData, type LineScan, scanLines } from "./framing.ts";
import type {
  ClientOutput,
  ContentState,
  FinalState,
  Step,
  Transaction,
} from "./session-values.ts";
import { waits } from "./wait.ts";

const wantContent: ClientOutput = { kind: "want-content" };

export function startContent(transaction: Transaction): Step {
  const state: ContentState = {
    at: "content",
    transaction,
    position: "line-start",
    sent: 0,
    unanswered: 0,
  };
  if (transaction.message.size === 0) return onContent(state, new Uint8Array(0));
  return { state, outputs: [waits.content, wantContent] };
}

/** Takes the next piece of the content. */
export function onContent(state: ContentState, chunk: Uint8Array): Step {
  const { transaction } = state;
  const { size } = transaction.message;
  const sent = state.sent + chunk.length;
  const scan = scanLines(state.position, chunk);
  if (scan === undefined || (sent === size && scan.position === "after-cr")) {
    return abandon(state, "permanent", {
      status: "5.6.0",
      text: "the content holds a CR or LF that ends no line, and cannot be sent",
    });
  }
  if (sent > size) {
    const text = `the content is longer than the ${size} octets that were kept`;
    return abandon(state, "permanent", { status: "5.6.0", text });
  }
  const next: ContentState = { ...state, position: scan.position, sent };
  return transaction.peer.extensions.chunking
    ? writeChunk(next, chunk)
    : writeData(next, chunk, scan);
}

/** The driver could not read the content: nothing of it may count as sent. */
export function onContentFailed(state: ContentState): Step {
  const text = "the message could not be read from the store";
  return abandon(state, "temporary", { status: "4.3.0", text });
}

/** Closes the connection in the middle of the content, which makes the host forget it. */
function abandon(
  { transaction }: ContentState,
  kind: "temporary" | "permanent",
  finding: { readonly status: string; readonly text: string },
): Step {
  const why: Failure = { kind: "local", ...finding };
  return hangUp(settled(transaction, { kind, why }));
}

function writeData(state: ContentState, chunk: Uint8Array, scan: LineScan): Step {
  const { transaction, sent } = state;
  const stuffed: ClientOutput = { kind: "write", data: doubleDots(chunk, scan.dots) };
  if (sent < transaction.message.size) {
    return { state, outputs: [stuffed, waits.content, wantContent] };
  }
  const end: ClientOutput = { kind: "write", data: endOfData(scan.position) };
  return {
    state: { at: "final", transaction, unanswered: 0 },
    outputs: chunk.length === 0 ? [end, waits.final] : [stuffed, end, waits.final],
  };
}

function writeChunk(state: ContentState, chunk: Uint8Array): Step {
  const { transaction, sent, unanswered } = state;
  const last = sent === transaction.message.size;
  // BDAT 0 would be allowed, and useless.
  if (chunk.length === 0 && !last) return { state, outputs: [wantContent] };
  const header = `BDAT ${chunk.length}${last ? " LAST" : ""}\r\n`;
  const writes: readonly ClientOutput[] = [
    { kind: "write", data: header },
    { kind: "write", data: chunk },
  ];
  if (last) {
    const final: FinalState = { at: "final", transaction, unanswered };
    return { state: final, outputs: [...writes, waits.final] };
  }
  // Without PIPELINING the next piece is asked for when this one has been answered.
  const next: readonly ClientOutput[] = transaction.peer.extensions.pipelining ? [wantContent] : [];
  return {
    state: { ...state, unanswered: unanswered + 1 },
    outputs: [...writes, waits.content, ...next],
  };
}

/** A reply while the content is on its way: to a chunk, or the host's word that it wants no more. */
export function onReplyAmidContent(state: ContentState, reply: Reply): Step {
  const { transaction, unanswered } = state;
  const { chunking, pipelining } = transaction.peer.extensions;
  if (chunking && isRefusal(reply)) return refuseChunk(transaction, reply);
  if (isRefusal(reply)) return hangUp(settled(transaction, refusal("content", reply)));
  if (unanswered === 0) return fail(state, unasked(reply));
  return {
    state: { ...state, unanswered: unanswered - 1 },
    outputs: pipelining ? [waits.content] : [waits.content, wantContent],
  };
}

/** The reply to the end of the content, after those to the chunks before it. */
export function onFinal(state: FinalState, reply: Reply): Step {
  const { transaction, unanswered } = state;
  if (unanswered > 0) {
    if (isRefusal(reply)) return refuseChunk(transaction, reply);
    return { state: { ...state, unanswered: unanswered - 1 }, outputs: [waits.final] };
  }
  if (transaction.peer.answersEach) return onFinalOfOne(transaction, reply);
  const outcome = isRefusal(reply) ? refusal("final", reply) : taken(reply, transaction.peer);
  return conclude(transaction, outcome, false);
}

/** LMTP: as many answers follow as recipients have been accepted, in their order (RFC 2033 §4.2, §4.3). */
function onFinalOfOne(before: Transaction, reply: Reply): Step {
  const transaction: Transaction = { ...before, finals: [...before.finals, reply] };
  const accepted = transaction.recipients.filter((answer) => !isRefusal(answer)).length;
  if (transaction.finals.length === accepted) {
    return conclude(transaction, { kind: "untried" }, false);
  }
  return { state: { at: "final", transaction, unanswered: 0 }, outputs: [waits.final] };
}

/** A refused chunk takes the whole message with it (RFC 3030 §2). Chunks written ahead will be
 * refused one by one; a new connection is simpler than counting them. */
function refuseChunk(transaction: Transaction, reply: Reply): Step {
  return takeLeave(settled(transaction, refusal("content", reply)));
}

function unasked(reply: Reply): Failure {
  const detail = `${reply.code} before the end of the content`;
  return { kind: "malformed", stage: "content", detail };
}
