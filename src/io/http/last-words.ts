// Answers to clients whose request could not be read, or was none for us.

import { safeHeaders } from "./safe-headers.ts";

export type Unreadable = 400 | 405 | 408 | 431 | 503;

/** What was wrong, and what to do. */
export const unreadable: Readonly<Record<Unreadable, string>> = {
  400: "this is no HTTP request; send HTTP/1.1 with one Host header",
  405: "this server has no use for the method; use GET or POST",
  408: "the request did not come whole in time; send it again, faster",
  431: "the headers are too large; send less of them",
  503: "too many connections are open; come back later",
};

const phrases: Readonly<Record<Unreadable, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
};

/** A whole answer, to be written to the socket as it is; the connection is closed behind it. */
export function lastWords(status: Unreadable): string {
  const body = `${JSON.stringify({ error: unreadable[status] })}\n`;
  const headers = {
    ...safeHeaders,
    connection: "close",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${phrases[status]}\r\n${lines.join("")}\r\n${body}`;
}
