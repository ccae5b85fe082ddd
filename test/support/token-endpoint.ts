// What hands out access tokens to clients (RFC 6749 §3.2), on loopback.

import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Certificate } from "./certificates.ts";
import type { Cleanup } from "./cleanup.ts";

export interface TokenEndpoint {
  readonly url: string;
  /** The forms that came. */
  readonly asked: readonly Readonly<Record<string, string>>[];
  /** What it answers; by default `{"access_token": "token-N", …}` with N from 1. */
  answer: RequestListener | undefined;
}

/** @param tls speaks HTTPS with it, under the name `localhost`. */
export async function startTokenEndpoint(
  cleanup: Cleanup,
  tls?: Certificate,
): Promise<TokenEndpoint> {
  const asked: Record<string, string>[] = [];
  const respond = async (
    request: IncomingMessage,
    response: Parameters<RequestListener>[1],
  ): Promise<void> => {
    asked.push(Object.fromEntries(new URLSearchParams(await text(request))));
    if (endpoint.answer !== undefined) return endpoint.answer(request, response);
    response.setHeader("content-type", "application/json");
    const token = { access_token: `token-${asked.length}`, token_type: "Bearer", expires_in: 3599 };
    response.end(JSON.stringify(token));
  };
  const listener: RequestListener = (request, response) => void respond(request, response);
  const server =
    tls === undefined ? createServer(listener) : createSecureServer({ ...tls }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  const { port } = server.address() as AddressInfo;
  const origin = tls === undefined ? "http://127.0.0.1" : "https://localhost";
  const endpoint: TokenEndpoint = { url: `${origin}:${port}/token`, asked, answer: undefined };
  return endpoint;
}
