// A user who reads mail by IMAP or POP3, a line at a time, from whatever address a proxy could claim.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Cleanup } from "./cleanup.ts";
import type { Endpoint } from "./server.ts";
import { waitUntil } from "./wait.ts";

export interface MailReader {
  readonly socket: Socket;
  /** Writes a line, and waits for one that fits. */
  say(line: string, answer: RegExp): Promise<string>;
  /** Resolves when the server has closed. */
  readonly closed: Promise<unknown>;
}

/** Opens a session and waits for the greeting.
 * @param client whom the connection is for, said with a header of the PROXY protocol */
export async function openReader(
  cleanup: Cleanup,
  { host, port }: Endpoint,
  client: string,
): Promise<MailReader> {
  const socket = connect(port, host);
  cleanup.after(async () => void socket.destroy());
  const closed = once(socket, "close");
  let unread = "";
  socket.setEncoding("latin1").on("data", (text: string) => (unread += text));
  socket.on("error", () => {});
  await once(socket, "connect");
  const version = client.includes(":") ? "TCP6" : "TCP4";
  socket.write(`PROXY ${version} ${client} ${version === "TCP6" ? "::1" : "127.0.0.1"} 5 143\r\n`);

  async function next(answer: RegExp): Promise<string> {
    return waitUntil(`a line like ${answer}; there is ${JSON.stringify(unread)}`, () => {
      const lines = unread.split("\r\n");
      const at = lines.findIndex((line) => answer.test(line));
      if (at === -1 || at === lines.length - 1) return undefined;
      unread = lines.slice(at + 1).join("\r\n");
      return lines[at];
    });
  }

  await next(/^(\* OK|\+OK)/);
  return {
    socket,
    closed,
    say(line, answer) {
      socket.write(`${line}\r\n`);
      return next(answer);
    },
  };
}

/** Logs in by IMAP, and opens the inbox. */
export async function openImap(
  cleanup: Cleanup,
  endpoint: Endpoint,
  { client, user, password }: { client: string; user: string; password: string },
): Promise<MailReader> {
  const reader = await openReader(cleanup, endpoint, client);
  await reader.say(`a login ${user} ${password}`, /^a OK/);
  await reader.say("b select inbox", /^b OK/);
  return reader;
}
