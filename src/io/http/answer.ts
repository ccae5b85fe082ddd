// How an answer goes out.

import type { ServerResponse } from "node:http";
import { safeHeaders } from "./safe-headers.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** A stream is sent as it comes. */
  readonly body: Buffer | ReadableStream<Uint8Array>;
}

export function problem(status: number, error: string): Answer {
  const headers = new Headers({ "content-type": "application/json" });
  return { status, headers, body: Buffer.from(`${JSON.stringify({ error })}\n`) };
}

/** Sends a whole one. */
export function write(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const { body } = answer;
  if (body instanceof ReadableStream) throw new TypeError("a stream is no whole answer");
  response.setHeader("content-length", body.length);
  writeHead(response, answer, isLast);
  response.end(body);
}

/** @param isLast the connection ends with it. */
export function writeHead(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const { status, headers } = answer;
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
  for (const [name, value] of headers) {
    // One header each: their values may hold commas.
    if (name !== "set-cookie") response.setHeader(name, value);
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (isLast) response.setHeader("connection", "close");
  response.writeHead(status);
}

/** Nobody is there to have it. */
export function discard({ body }: Answer): void {
  if (body instanceof ReadableStream) void body.cancel().catch(() => {});
}
