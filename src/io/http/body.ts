import type { IncomingMessage } from "node:http";
import { bad, good, type Result } from "../../core/result.ts";
import type { BodyProblem } from "./call.ts";

/** Reads a request's body into memory, at most so many octets. What is left of a larger one is thrown
 * away as it comes, so that the client can read why; the connection's time bounds that. */
export async function readBody(
  incoming: IncomingMessage,
  atMost: number,
): Promise<Result<Buffer, BodyProblem>> {
  if (Number(incoming.headers["content-length"] ?? 0) > atMost) return discard(incoming);
  const chunks: Buffer[] = [];
  let octets = 0;
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      const piece: Buffer = chunk;
      octets += piece.length;
      if (octets > atMost) return discard(incoming);
      chunks.push(piece);
    }
  } catch {
    return bad("cut-off");
  }
  return incoming.complete ? good(Buffer.concat(chunks)) : bad("cut-off");
}

function discard(incoming: IncomingMessage): Result<Buffer, BodyProblem> {
  incoming.resume();
  return bad("too-large");
}
