// Plain dialogues with POP3 and IMAP servers: commands out, everything back.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { Endpoint } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";

/** Sends all lines at once; resolves with all that comes until the server closes. The last line should
 * make it do so. */
export async function converse(
  { host, port }: Endpoint,
  lines: readonly string[],
): Promise<string> {
  const socket = connect(port, host);
  socket.setTimeout(15_000, () => socket.destroy(new Error("the server says nothing")));
  await once(socket, "connect");
  socket.write(lines.map((line) => `${line}\r\n`).join(""));
  return text(socket);
}

/** An IMAP session that stays open. */
export class ImapSession {
  readonly #socket: Socket;
  #received = "";
  #count = 0;

  constructor({ host, port }: Endpoint) {
    this.#socket = connect(port, host);
    this.#socket.setEncoding("utf8").on("data", (piece: string) => (this.#received += piece));
  }

  /** Resolves with all that the server said until it was done. */
  async command(words: string): Promise<string> {
    const tag = `a${++this.#count}`;
    const from = this.#received.length;
    this.#socket.write(`${tag} ${words}\r\n`);
    return waitUntil(`the server has answered ${words}`, () => {
      const said = this.#received.slice(from);
      if (new RegExp(`^${tag} (NO|BAD)`, "m").test(said)) throw new Error(said);
      return new RegExp(`^${tag} OK`, "m").test(said) && said;
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
