// One question to another host by HTTPS: bounded in time and size, without going where it is sent on
// to, and only to a host whose certificate is for its name. Hosts are looked up by our own resolver.

import { request } from "node:http";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { errorText } from "../../core/error-text.ts";
import type { AddressAnswer } from "../../core/delivery/addresses.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { connect } from "../net/connect.ts";
import { secureHost } from "../tls/client/secure-host.ts";
import { createSessionCache } from "../tls/client/session-cache.ts";
import { readAnswer } from "./answer.ts";

export interface HttpsQuestion {
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Octets of the answer's body that are read. */
  readonly atMost: number;
}

/** How hosts are reached. */
export interface HttpsWays {
  readonly addresses: (host: string) => Promise<AddressAnswer>;
  /** Addresses that are not connected to, whoever names them. */
  readonly isBarred?: (address: string) => boolean;
  readonly authorities: () => Promise<SecureContext>;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** Gives up what is under way. */
  readonly stopped?: AbortSignal;
}

export interface HttpsAnswer {
  readonly status: number;
  /** Without parameters, in lower case; empty where none is named. */
  readonly contentType: string;
  readonly body: Buffer;
}

export interface HttpsProblem {
  /** The host's certificate, or anything else. */
  readonly kind: "certificate" | "failed";
  /** For people. */
  readonly why: string;
}

/** Addresses of one host that are tried. */
const mostAddresses = 4;

/** Never rejects, and takes no longer than `timeout`. */
export async function askByHttps(
  question: HttpsQuestion,
  ways: HttpsWays,
): Promise<Result<HttpsAnswer, HttpsProblem>> {
  const late = AbortSignal.timeout(ways.timeout);
  const signal = ways.stopped === undefined ? late : AbortSignal.any([late, ways.stopped]);
  const given = Promise.withResolvers<Result<HttpsAnswer, HttpsProblem>>();
  const seconds = Math.round(ways.timeout / 1_000);
  const giveUp = () =>
    given.resolve(failed(late.aborted ? `no answer within ${seconds} seconds` : "given up"));
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([find(question, ways, signal), given.promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

async function find(
  question: HttpsQuestion,
  ways: HttpsWays,
  signal: AbortSignal,
): Promise<Result<HttpsAnswer, HttpsProblem>> {
  const socket = await open(question, ways, signal);
  if (!socket.ok) return socket;
  const secured = await secure(socket.value, question, ways);
  if (!secured.ok) {
    socket.value.destroy();
    return secured;
  }
  try {
    return await converse(secured.value, question);
  } finally {
    socket.value.destroy();
  }
}

/** The first address that takes the connection. */
async function open(
  { host, port }: HttpsQuestion,
  { addresses, isBarred, timeout }: HttpsWays,
  signal: AbortSignal,
): Promise<Result<Socket, HttpsProblem>> {
  const answer = await addresses(host);
  if (answer.kind === "unknown") return failed(`the address of ${host} is unknown: ${answer.why}`);
  if (answer.kind !== "addresses") return failed(`${host} has no address`);
  let last = failed(`no address of ${host} is one to connect to`);
  for (const address of answer.addresses.slice(0, mostAddresses)) {
    if (isBarred?.(address) === true) continue;
    // A host of which one address is silent has the time for another.
    const endpoint = { host: address, port };
    // oxlint-disable-next-line no-await-in-loop -- one after the other, until one answers
    const made = await connect({ endpoint, timeout: timeout / 2, signal });
    if (made.ok) {
      made.value.on("error", () => {}); // what it means is said by whoever reads or writes
      return made;
    }
    last = failed(made.problem.said);
  }
  return last;
}

async function secure(
  clear: Socket,
  { host, port }: HttpsQuestion,
  { authorities, now }: HttpsWays,
): Promise<Result<Socket, HttpsProblem>> {
  const { socket, done } = secureHost(clear, {
    host,
    port,
    authorities: await authorities(),
    sessions: createSessionCache(() => 0), // there is one connection
    now,
  });
  socket.on("error", () => {});
  const result = await done;
  if (!result.ok) {
    const { problem } = result;
    const lost = "the connection was lost in the TLS handshake";
    return failed(problem.kind === "lost" ? lost : problem.detail);
  }
  const { doubt } = result.value;
  return doubt === undefined ? good(socket) : bad({ kind: "certificate", why: doubt });
}

function converse(
  socket: Socket,
  question: HttpsQuestion,
): Promise<Result<HttpsAnswer, HttpsProblem>> {
  const { method, host, port, path, headers, body, atMost } = question;
  return new Promise((resolve) => {
    const call = request({
      createConnection: () => socket,
      method,
      path,
      headers: {
        host: port === 443 ? host : `${host}:${port}`,
        connection: "close",
        ...(body !== undefined && { "content-length": String(body.length) }),
        ...headers,
      },
    });
    call.on("error", (error) => resolve(failed(errorText(error))));
    call.on("response", (incoming) => void readAnswer(incoming, atMost).then(resolve));
    call.end(body);
  });
}

function failed(why: string): { readonly ok: false; readonly problem: HttpsProblem } {
  return bad({ kind: "failed", why });
}
