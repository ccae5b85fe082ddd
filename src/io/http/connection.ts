// The time that one client's connection has, and its end. Node's own time limits hold only for servers
// that listen themselves; ours are given sockets that our listeners have let in.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Expiring } from "../net/deadlines.ts";
import { lastWords, type Unreadable } from "./last-words.ts";

export interface HttpTimes {
  /** Milliseconds for a request to arrive whole, from its headers on; and for the first one's headers,
   * with the TLS handshake. */
  readonly request: number;
  /** Milliseconds from an answer to the next request's headers. */
  readonly idle: number;
  /** Milliseconds for an answer to be found, and to be read by the client. */
  readonly answer: number;
  /** Milliseconds that an answer may go on which is sent as it comes. */
  readonly stream: number;
  /** Milliseconds that the client has to read our last words. */
  readonly leave: number;
}

/** On one connection, pipelined ones included. */
const mostRequests = 1_000;

export class HttpConnection implements Expiring {
  readonly #socket: Socket;
  readonly #times: HttpTimes;
  readonly #elapsed: () => number;
  /** The first one is under way; pipelined ones behind it wait for their turn, or one connection would
   * have as much work done at once as fits into it. */
  readonly #open = new Map<IncomingMessage, () => void>();
  #latest: IncomingMessage | undefined;
  #requests = 0;
  #deadline: number;
  #isClosing = false;
  #hasLeft = false;
  /** Ends the answer that is sent as it comes. */
  #endStream: (() => void) | undefined;
  /** When that must end, by its own time. */
  #streamUntil = Infinity;

  /** @param elapsed monotonic milliseconds. */
  constructor(socket: Socket, times: HttpTimes, elapsed: () => number) {
    this.#socket = socket;
    this.#times = times;
    this.#elapsed = elapsed;
    this.#deadline = elapsed() + times.request;
  }

  get deadline(): number {
    return this.#deadline;
  }

  /** Whether nothing more is to be written. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** A request's headers are there.
   * @param onTurn those before it are answered; never called where it comes too late. */
  begin(incoming: IncomingMessage, response: ServerResponse, onTurn: () => void): void {
    if (this.#isClosing) return;
    this.#open.set(incoming, onTurn);
    this.#latest = incoming;
    if (++this.#requests === mostRequests) this.#isClosing = true;
    incoming.once("end", () => {
      if (incoming === this.#current) this.#allow(this.#times.answer);
    });
    response.once("close", () => this.#end(incoming));
    if (incoming === this.#current) this.#start(incoming, onTurn);
  }

  /** Whether the connection ends with the answer to this request. */
  isLast(incoming: IncomingMessage): boolean {
    return this.#isClosing && incoming === this.#latest;
  }

  /** An answer is sent as it comes, from now on or again.
   * @param end ends it, where its time is over or the server ends. */
  stream(end: () => void): void {
    if (this.#endStream === undefined) {
      this.#streamUntil = this.#elapsed() + this.#times.stream;
      this.#endStream = end;
      if (this.#isClosing) end();
    }
    this.#deadline = this.#streamUntil;
  }

  /** The client must read on, before more is sent. */
  awaitReader(): void {
    this.#deadline = Math.min(this.#streamUntil, this.#elapsed() + this.#times.answer);
  }

  /** The rest of it has the time of an answer. */
  endStream(): void {
    this.#endStream = undefined;
    this.#allow(this.#times.answer);
  }

  expire(): void {
    if (this.#endStream !== undefined && this.#deadline === this.#streamUntil) {
      this.#allow(this.#times.answer);
      this.#endStream();
    } else if (this.#isClosing) this.#socket.destroy();
    else if (this.#open.size === 0) this.#leave("");
    else this.turnAway(408);
  }

  /** Ends the connection over what the client sends. */
  turnAway(why: Unreadable): void {
    // Behind requests that are not answered yet, the client would take it for the answer to those.
    this.#leave(this.#open.size === 0 || this.#awaitsBody() ? lastWords(why) : "");
  }

  /** Ends the connection as soon as the request that is under way is answered. */
  shutdown(): void {
    if (this.#open.size === 0) return this.#leave("");
    this.#isClosing = true;
    this.#allow(this.#times.answer);
    this.#endStream?.();
  }

  #leave(words: string): void {
    this.#isClosing = true;
    this.#hasLeft = true;
    this.#allow(this.#times.leave);
    if (!this.#socket.writable) this.#socket.destroy();
    else if (words === "") this.#socket.destroySoon();
    else this.#socket.end(words, () => this.#socket.destroySoon());
  }

  get #current(): IncomingMessage | undefined {
    const [first] = this.#open.keys();
    return first;
  }

  #start(incoming: IncomingMessage, onTurn: () => void): void {
    const { request, answer } = this.#times;
    this.#allow(hasBody(incoming) && !incoming.complete ? request : answer);
    onTurn();
  }

  #end(incoming: IncomingMessage): void {
    this.#open.delete(incoming);
    const [next] = this.#open;
    if (next !== undefined) {
      if (!this.#hasLeft && !this.#socket.destroyed) this.#start(...next);
    } else if (this.#isClosing) this.#leave("");
    // What is left of a body that nobody wanted is thrown away, and has its time as any other.
    else this.#allow(incoming.complete ? this.#times.idle : this.#times.request);
  }

  /** Whether the client still owes us the only request that is open: then nothing of an answer can
   * have gone out. */
  #awaitsBody(): boolean {
    const [only, another] = this.#open.keys();
    return only !== undefined && another === undefined && !only.complete;
  }

  #allow(milliseconds: number): void {
    this.#deadline = this.#elapsed() + milliseconds;
  }
}

/** RFC 9112 §6. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
