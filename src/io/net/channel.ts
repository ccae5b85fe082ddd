// One client's way to us and back: a socket in the clear, which may come to be under TLS.

import type { Socket } from "node:net";
import type { Result } from "../../core/result.ts";
import type { TlsFacts } from "../../core/tls-facts.ts";
import { handshake, secure, type SecureOptions } from "../tls/secure.ts";

export interface ChannelEvents {
  onOctets(octets: Uint8Array): void;
  /** What was written has gone out. */
  onDrain(): void;
  /** The client sends nothing more. */
  onEnd(): void;
  /** All is over; comes last, and once. */
  onClosed(): void;
}

/** Octets that a client leaves unread before we stop reading from it. */
const maxUnread = 64 * 1024;

export class Channel {
  readonly #events: ChannelEvents;
  #socket: Socket;

  /** Takes over a socket that has just connected. */
  constructor(socket: Socket, events: ChannelEvents) {
    this.#events = events;
    this.#socket = socket;
    socket.on("error", () => socket.destroy()); // the client vanished: close follows
    socket.on("close", () => this.#events.onClosed());
    this.#listen();
  }

  get isOver(): boolean {
    return this.#socket.destroyed;
  }

  /** @param octets text is ASCII. */
  write(octets: string | Uint8Array): void {
    if (typeof octets === "string") this.#socket.write(octets, "latin1");
    else this.#socket.write(octets);
  }

  /** Octets that were written and have not gone out. */
  get unread(): number {
    return this.#socket.writableLength;
  }

  /** The client leaves more unread than it should. */
  get isFull(): boolean {
    return this.unread > maxUnread;
  }

  /** Resolves when all that was written has gone out, or never will. */
  async written(): Promise<void> {
    if (this.unread === 0 || this.isOver) return;
    await new Promise<void>((resolve) => this.#socket.write("", () => resolve()));
  }

  /** Reads on, or waits: also while the client does not read what we write. */
  regulate(mustWait: boolean): void {
    const socket = this.#socket;
    const waits = mustWait || this.isFull;
    if (waits && !socket.isPaused()) socket.pause();
    else if (!waits && socket.isPaused()) socket.resume();
  }

  /** Begins the handshake; nothing is read in the clear from now on. A failed one closes the channel. */
  async secure(options: SecureOptions): Promise<Result<TlsFacts, string>> {
    const clear = this.#socket;
    for (const event of ["data", "drain", "end"]) clear.removeAllListeners(event);
    const secured = secure(clear, options);
    this.#socket = secured;
    const facts = await handshake(secured, options);
    if (facts.ok) this.#listen();
    else secured.destroy();
    return facts;
  }

  /** Ends our side, when all is written. What the client still sends is thrown away, so that the
   * close is clean; false where that was done already.
   * @param nothingComes the client has nothing more to say: all can end at once. */
  end(nothingComes: boolean): boolean {
    const socket = this.#socket;
    if (socket.writableEnded) return false;
    if (nothingComes && socket.writableLength === 0) {
      socket.destroy();
      return false;
    }
    socket.end();
    socket.resume();
    return true;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket
      .on("data", (octets) => this.#events.onOctets(octets))
      .on("drain", () => this.#events.onDrain())
      .on("end", () => this.#events.onEnd());
  }
}
