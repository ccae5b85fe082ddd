// HTTP/1.1 on sockets that our own listeners have let in, so that their limits, the PROXY protocol and
// the end of the server hold here as for mail. Node parses; requests and answers are the web's classes.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { IpAddress } from "../../core/mail/ip.ts";
import { secure, type SecureOptions } from "../tls/secure.ts";
import { readBody } from "./body.ts";
import type { HttpCall, HttpHandler } from "./call.ts";
import { HttpConnection, type HttpTimes } from "./connection.ts";
import { type Unreadable, unreadable } from "./last-words.ts";
import { safeHeaders } from "./safe-headers.ts";

export interface HttpServerOptions {
  readonly handle: HttpHandler;
  /** The handler threw: the client is told nothing of it. */
  readonly onError: (error: unknown) => void;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly times?: Partial<HttpTimes>;
}

const defaultTimes: HttpTimes = { request: 10_000, idle: 60_000, answer: 30_000, leave: 5_000 };

const bounds = {
  /** Octets of all headers of a request. */
  maxHeaderSize: 8 * 1024,
  /** A count; more of them are not seen. */
  headers: 64,
} as const;

interface Served {
  readonly connection: HttpConnection;
  readonly client: IpAddress;
}

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #served = new WeakMap<object, Served>();

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
    this.#served.set(channel, { connection, client });
    this.#server.emit("connection", channel);
    return connection;
  }

  #take(incoming: IncomingMessage, response: ServerResponse): void {
    const served = this.#served.get(incoming.socket);
    if (served === undefined) return void incoming.socket.destroy();
    const { connection, client } = served;
    if (!connection.begin(incoming, response)) return;
    response.on("error", () => {}); // the client went before its answer was written
    const body = (atMost: number) => readBody(incoming, atMost);
    void this.#answer(requestOf(incoming), { client, readBody: body }).then((answer) => {
      if (!connection.hasLeft) write(response, answer, connection.isLast(incoming));
    });
  }

  async #answer(request: Request | Unreadable, call: HttpCall): Promise<Answer> {
    if (typeof request === "number") return problem(request, unreadable[request]);
    try {
      const response = await this.#options.handle(request, call);
      const { status, headers } = response;
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

function problem(status: number, error: string): Answer {
  const headers = new Headers({ "content-type": "application/json" });
  return { status, headers, body: Buffer.from(`${JSON.stringify({ error })}\n`) };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

function write(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const { status, headers, body } = answer;
  if (response.destroyed) return;
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
  for (const [name, value] of headers) response.setHeader(name, value);
  if (isLast) response.setHeader("connection", "close");
  response.setHeader("content-length", body.length);
  response.writeHead(status);
  response.end(body);
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
