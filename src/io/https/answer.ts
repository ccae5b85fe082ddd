import type { IncomingMessage } from "node:http";
import { bad, good, type Result } from "../../core/result.ts";
import type { HttpsAnswer, HttpsProblem } from "./ask.ts";

/** Reads an answer whole, or as far as it may be long. Never rejects. */
export async function readAnswer(
  incoming: IncomingMessage,
  atMost: number,
): Promise<Result<HttpsAnswer, HttpsProblem>> {
  const { statusCode: status = 0, headers } = incoming;
  const [contentType = ""] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    // Leaving the loop ends the connection.
    for await (const chunk of incoming) {
      const piece: Buffer = chunk;
      octets += piece.length;
      if (octets > atMost) {
        return bad({ kind: "failed", why: `the answer has more than ${atMost} octets` });
      }
      pieces.push(piece);
    }
  } catch {
    return bad({ kind: "failed", why: "the answer was cut off" });
  }
  return good({ status, contentType: contentType.trim(), body: Buffer.concat(pieces) });
}
