// What LIST and UIDL say after their first line (RFC 1939 §5 and §7), in pieces: a drop may hold very
// many messages, and a client may read slowly.

import type { Maildrop } from "./maildrop.ts";
import { isMarked } from "./marks.ts";

/** Characters of a piece, at least, but for the last one. */
const pieceLength = 8_192;

/** @param kind sizes for LIST, uids for UIDL. */
export function* listText(drop: Maildrop, kind: "sizes" | "uids"): Generator<string, void> {
  let piece = "";
  for (const [index, { size, uid }] of drop.messages.entries()) {
    if (isMarked(drop.deleted, index)) continue;
    piece += `${index + 1} ${kind === "sizes" ? size : uid}\r\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}.\r\n`;
}
