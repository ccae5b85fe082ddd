// One question to one server: over UDP, and over TCP where the answer does not fit (RFC 7766).

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIPv6, type Socket } from "node:net";
import type { Endpoint } from "../../../core/config/settings.ts";
import { formatEndpoint } from "../../../core/config/values/endpoint.ts";
import { errorText } from "../../../core/error-text.ts";
import { bad, type Result } from "../../../core/result.ts";
import { errorCode } from "../../error-code.ts";
import { connect } from "../../net/connect.ts";
import { encodeQuery, type Question, readResponse, type Response } from "./packet.ts";

export interface ExchangeOptions {
  readonly server: Endpoint;
  readonly question: Question;
  /** With EDNS. */
  readonly extended: boolean;
  /** Milliseconds for each of UDP and TCP. */
  readonly timeout: number;
  /** Gives the question up. */
  readonly signal: AbortSignal;
}

type Exchanged = Result<Response, string>;

/** Asks once. The problem is why there is no answer; never rejects. */
export async function exchange(options: ExchangeOptions): Promise<Exchanged> {
  const { signal } = options;
  if (signal.aborted) return bad(givenUp);
  try {
    const found = await overUdp(options);
    return found.ok && found.value.isTruncated ? await overTcp(options) : found;
  } catch (error) {
    // Such as no descriptor for a socket.
    return bad(`the DNS could not be asked: ${errorText(error)}`);
  }
}

const givenUp = "the look-up was given up, because the server is stopping";

/** From a port that nobody knows, with an id that nobody knows (RFC 5452 §9): whoever is not on the way
 * has to guess both. */
function overUdp({ server, question, extended, timeout, signal }: ExchangeOptions) {
  const id = randomInt(0x1_0000);
  const query = encodeQuery(id, question, extended);
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const socket = createSocket(isIPv6(server.host) ? "udp6" : "udp4");
  let isOver = false;
  function end(result: Exchanged): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    socket.close();
    resolve(result);
  }
  const abort = () => end(bad(givenUp));
  const timer = setTimeout(() => end(bad(late(server))), timeout);
  signal.addEventListener("abort", abort);
  socket.on("error", (error) => end(bad(unreachable(server, error))));
  socket.on("message", (packet) => {
    const response = readResponse(packet, id, question);
    // Another may follow that is from the server itself.
    if (response.ok) end(response);
  });
  // A connected socket takes packets from there alone, and hears that nobody listens. Given to `connect`
  // itself, the listener would be called for a failure as well, such as no network.
  socket.once("connect", () => {
    if (!isOver) socket.send(query);
  });
  socket.connect(server.port, server.host);
  return promise;
}

async function overTcp({
  server,
  question,
  extended,
  timeout,
  signal,
}: ExchangeOptions): Promise<Exchanged> {
  const made = await connect({ endpoint: server, timeout, signal });
  if (!made.ok) return bad(`no DNS over TCP: ${made.problem.said}`);
  const socket = made.value;
  const id = randomInt(0x1_0000);
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const timer = setTimeout(() => resolve(bad(late(server))), timeout);
  socket.on("error", (error) => resolve(bad(unreachable(server, error))));
  socket.on("close", () => resolve(bad(`the DNS server ${formatEndpoint(server)} hung up`)));
  readOne(socket, (packet) => resolve(readResponse(packet, id, question)));
  socket.write(framed(encodeQuery(id, question, extended)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** The length stands before each packet (RFC 1035 §4.2.2). */
function framed(packet: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}

/** At most 64 KB come to be held. */
function readOne(socket: Socket, take: (packet: Buffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on("data", (octets: Buffer) => {
    received = Buffer.concat([received, octets]);
    if (received.length < 2) return;
    const end = 2 + received.readUInt16BE(0);
    if (received.length < end) return;
    socket.removeAllListeners("data");
    take(received.subarray(2, end));
  });
}

function late(server: Endpoint): string {
  return `the DNS server ${formatEndpoint(server)} did not answer in time`;
}

function unreachable(server: Endpoint, error: Error): string {
  const code = errorCode(error) ?? error.message;
  if (code === "ECONNREFUSED") return `no DNS server is running at ${formatEndpoint(server)}`;
  return `the DNS server ${formatEndpoint(server)} cannot be reached (${code})`;
}
