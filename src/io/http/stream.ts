// An answer that goes on for as long as there is something to tell: server-sent events.

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { HttpConnection } from "./connection.ts";

/** Whether the answer's body is to be sent as it comes. All others are whole. */
export function isStream({ headers, body }: Response): boolean {
  return body !== null && (headers.get("content-type") ?? "").startsWith("text/event-stream");
}

/** Sends the body as it comes, and no faster than the client reads it. Ends with the body, with the
 * connection's time, at the server's end, or when the client is gone; the last three cancel the body. */
export async function pump(
  body: ReadableStream<Uint8Array>,
  response: ServerResponse,
  connection: HttpConnection,
): Promise<void> {
  const reader = body.getReader();
  const over = new AbortController();
  const end = (): void => over.abort();
  response.once("close", end);
  // A browser that has left closes its side, and reads nothing more.
  response.socket?.once("end", end);
  connection.stream(end);
  over.signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      const { done, value } = await reader.read();
      if (done || over.signal.aborted) break;
      if (response.write(value)) continue;
      connection.awaitReader();
      // oxlint-disable-next-line no-await-in-loop
      await once(response, "drain", { signal: over.signal });
      connection.stream(end);
    }
  } catch (error) {
    if (over.signal.aborted) return;
    response.destroy(); // so that the client does not take it for the end
    throw error;
  } finally {
    response.off("close", end);
    connection.endStream();
    response.end();
  }
}
