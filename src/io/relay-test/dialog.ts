// A dialogue of lines and replies with a server, for lines that no proper client would send.

import type { Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { errorText } from "../../core/error-text.ts";
import { createReplyReader, type ReadReply } from "../../core/smtp/client/reply-reader.ts";
import { describeReply, type Reply } from "../../core/smtp/reply.ts";

/** The server did not answer, or not as SMTP has it; the message says how. The connection is over. */
export class DialogError extends Error {
  override readonly name = "DialogError";
}

export class Dialog {
  readonly #timeLimit: number;
  #socket: Socket;
  #reader = createReplyReader();
  readonly #unread: ReadReply[] = [];
  #over: string | undefined;
  #onNews: (() => void) | undefined;

  /** @param socket without listeners; it is taken over.
   * @param timeLimit milliseconds for each reply to be whole. */
  constructor(socket: Socket, timeLimit: number) {
    this.#socket = socket;
    this.#timeLimit = timeLimit;
    this.#attach();
  }

  /** The next reply. @throws {DialogError} also for 421, after which nothing more is answered. */
  async reply(): Promise<Reply> {
    if (this.#unread.length === 0) await this.#news();
    const next = this.#unread.shift();
    if (next === undefined) throw new DialogError(this.#over ?? "no reply");
    if (!next.ok) throw new DialogError(`it sent ${next.problem}`);
    if (next.value.code === 421) throw new DialogError(`it closed: ${describeReply(next.value)}`);
    return next.value;
  }

  /** Sends a line, and returns the reply to it. @throws {DialogError} */
  async command(line: string): Promise<Reply> {
    // Otherwise every reply from now on would be taken for the answer to the line after its own.
    if (this.#unread.length > 0 && this.#over === undefined) {
      throw new DialogError("it sent more replies than it was asked for");
    }
    this.#socket.write(`${line}\r\n`);
    return this.reply();
  }

  /** Speaks TLS from here on, with whatever certificate the server has.
   * @param secure puts it on the connection
   * @throws {DialogError} */
  async startTls(secure: (clear: Socket) => TLSSocket = withAnyTls): Promise<void> {
    if (this.#unread.length > 0) throw new DialogError("it spoke on in clear after STARTTLS");
    this.#socket.off("data", this.#take).off("end", this.#onEnd).off("close", this.#onClose);
    const secured = secure(this.#socket);
    this.#socket = secured;
    this.#reader = createReplyReader();
    let isUp = false;
    secured.once("secureConnect", () => {
      isUp = true;
      this.#tell();
    });
    this.#attach();
    await this.#news();
    if (!isUp) throw new DialogError(`TLS failed: ${this.#over ?? "it spoke in clear"}`);
  }

  /** Says QUIT to a server that still listens, and closes without waiting. */
  close(): void {
    if (this.#over === undefined) this.#socket.write("QUIT\r\n");
    this.#socket.destroySoon();
    // Whoever does not read does not hold us.
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }

  #attach(): void {
    this.#socket.on("data", this.#take).on("end", this.#onEnd).on("close", this.#onClose);
    this.#socket.on("error", this.#onError);
  }

  readonly #take = (octets: Uint8Array): void => {
    this.#unread.push(...this.#reader.read(octets));
    if (this.#unread.length > 0) this.#tell();
  };

  readonly #onEnd = (): void => this.#end("it closed the connection");
  readonly #onClose = (): void => this.#end("the connection was cut");
  readonly #onError = (error: unknown): void => this.#end(errorText(error));

  #end(why: string): void {
    this.#over ??= why;
    this.#tell();
  }

  #tell(): void {
    this.#onNews?.();
  }

  /** Resolves when a reply or the end has come, or the time is over. */
  async #news(): Promise<void> {
    if (this.#over !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#end(`no answer within ${this.#describeLimit()}`);
      this.#socket.destroy();
    }, this.#timeLimit);
    this.#onNews = resolve;
    await promise;
    this.#onNews = undefined;
    clearTimeout(timer);
  }

  #describeLimit(): string {
    return `${this.#timeLimit / 1000} s`;
  }
}

/** Old servers are tested, too: whom they relay for has nothing to do with their ciphers. */
function withAnyTls(socket: Socket): TLSSocket {
  const settings = { minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  return connectTls({ socket, rejectUnauthorized: false, ...settings });
}
