// HTTP/1.1 on sockets that our own listeners have let in, so that their limits, the PROXY protocol and
// the end of the server hold here as for mail. Node parses; requests and answers are the web's classes.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { IpAddress } from "../../core/mail/ip.ts";
import { secure, type SecureOptions } from "../tls/secure.ts";
import { type Answer, discard, problem, write, writeHead } from "./answer.ts";
import { readBody } from "./body.ts";
import type { HttpCall, HttpHandler } from "./call.ts";
import { HttpConnection, type HttpTimes } from "./connection.ts";
import { type Unreadable, unreadable } from "./last-words.ts";
import { isStream, pump } from "./stream.ts";

export interface HttpServerOptions {
  readonly handle: HttpHandler;
  /** The handler threw: the client is told nothing of it. */
  readonly onError: (error: unknown) => void;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly times?: Partial<HttpTimes>;
  /** Answers at once that are sent as they come; by default 64. */
  readonly streams?: number;
}

const defaultTimes: HttpTimes = {
  request: 10_000,
  idle: 60_000,
  answer: 30_000,
  stream: 3_600_000,
  leave: 5_000,
};
const defaultStreams = 64;

const bounds = {
  /** Octets of all headers of a request. */
  maxHeaderSize: 8 * 1024,
  /** A count; more of them are not seen. */
  headers: 64,
} as const;

interface Served {
  readonly connection: HttpConnection;
  readonly client: IpAddress;
  readonly isEncrypted: boolean;
}

interface Outlet {
  readonly response: ServerResponse;
  readonly connection: HttpConnection;
  readonly isLast: boolean;
}

const tooManyStreams = problem(503, "too many pages are watching; close some, or come back later");

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #served = new WeakMap<object, Served>();
  #streams = 0;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({
      maxHeaderSize: bounds.maxHeaderSize,
      // Ours: the connection's own, and `hostOf`.
      headersTimeout: 0,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      requireHostHeader: false,
    });
    this.#server.maxHeadersCount = bounds.headers;
    this.#server.on("request", (incoming, response) => this.#take(incoming, response));
    this.#server.on("clientError", (error, socket) => this.#turnAway(error, socket));
    this.#server.on("connect", (_incoming, socket) => this.#connectionOf(socket)?.turnAway(405));
  }

  /** Takes a socket over that has just connected.
   * @param tls begins at once, where given. */
  serve(socket: Socket, client: IpAddress, tls?: SecureOptions): HttpConnection {
    const { elapsed, times } = this.#options;
    socket.on("error", () => socket.destroy()); // the client vanished
    const channel = tls === undefined ? socket : secure(socket, tls);
    const connection = new HttpConnection(channel, { ...defaultTimes, ...times }, elapsed);
    this.#served.set(channel, { connection, client, isEncrypted: tls !== undefined });
    this.#server.emit("connection", channel);
    return connection;
  }

  #take(incoming: IncomingMessage, response: ServerResponse): void {
    const served = this.#served.get(incoming.socket);
    if (served === undefined) return void incoming.socket.destroy();
    response.on("error", () => {}); // the client went before its answer was written
    served.connection.begin(incoming, response, () => this.#serve(incoming, response, served));
  }

  #serve(
    incoming: IncomingMessage,
    response: ServerResponse,
    { connection, client, isEncrypted }: Served,
  ): void {
    const body = (atMost: number) => readBody(incoming, atMost);
    const call = { client, isEncrypted, readBody: body };
    void this.#answer(requestOf(incoming), call).then((answer) => {
      if (connection.hasLeft || response.destroyed) return discard(answer);
      const isLast = connection.isLast(incoming);
      if (!(answer.body instanceof ReadableStream)) return write(response, answer, isLast);
      return this.#stream(answer, answer.body, { response, connection, isLast });
    });
  }

  async #stream(
    answer: Answer,
    body: ReadableStream<Uint8Array>,
    { response, connection, isLast }: Outlet,
  ): Promise<void> {
    if (this.#streams >= (this.#options.streams ?? defaultStreams)) {
      discard(answer);
      return write(response, tooManyStreams, isLast);
    }
    this.#streams++;
    try {
      writeHead(response, answer, isLast);
      response.flushHeaders();
      await pump(body, response, connection);
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#streams--;
    }
  }

  async #answer(request: Request | Unreadable, call: HttpCall): Promise<Answer> {
    if (typeof request === "number") return problem(request, unreadable[request]);
    try {
      const response = await this.#options.handle(request, call);
      const { status, headers, body } = response;
      if (isStream(response) && body !== null) return { status, headers, body };
      return { status, headers, body: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      this.#options.onError(error);
      return problem(500, "this failed here; the server's log says why");
    }
  }

  #turnAway({ code = "" }: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = this.#connectionOf(socket);
    // A handshake that failed, or a client that vanished: there is nobody to tell.
    if (connection === undefined || !code.startsWith("HPE_")) return void socket.destroy();
    connection.turnAway(code === "HPE_HEADER_OVERFLOW" ? 431 : 400);
  }

  #connectionOf(socket: Duplex): HttpConnection | undefined {
    return this.#served.get(socket)?.connection;
  }
}

/** The request without its body; or what is wrong with it. */
function requestOf(incoming: IncomingMessage): Request | Unreadable {
  const { method = "", url = "", rawHeaders } = incoming;
  // The other forms of a target (RFC 9112 §3.2) are for proxies, which this is not.
  if (!url.startsWith("/") || !hasOneHost(incoming)) return 400;
  const headers = new Headers();
  try {
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
    }
  } catch {
    return 400;
  }
  try {
    // Which host was asked stands in the Host header alone.
    return new Request(`http://localhost${url}`, { method, headers });
  } catch {
    return 405; // TRACE and its like
  }
}

/** RFC 9112 §3.2; before HTTP/1.1 there was none, and health checks still do without. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host");
  return hosts.length === 1 || (hosts.length === 0 && httpVersion === "1.0");
}
