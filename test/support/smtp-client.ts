// An SMTP client that does as it is told, octet by octet: well-behaved, rude or broken.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "./server.ts";

export interface Letter {
  /** Without angle brackets; empty for the null reverse-path. */
  readonly from: string;
  readonly to: readonly string[];
  /** As it is: lines end in CR LF, dots are doubled here. */
  readonly content: string | Uint8Array;
  /** Behind MAIL FROM, such as `BODY=8BITMIME`. */
  readonly parameters?: string;
  /** In chunks of so many octets with BDAT, instead of DATA. */
  readonly chunks?: number;
}

export interface SmtpClient {
  readonly socket: Socket;
  /** Replies that have come and were not yet asked for, a reply of several lines joined by \n. */
  readonly unread: readonly string[];
  /** Nothing more comes from the server. */
  readonly isOver: boolean;
  write(octets: string | Uint8Array): void;
  /** The next reply; rejects if the connection ends first. */
  reply(): Promise<string>;
  /** Writes a line and returns the reply to it. */
  command(line: string): Promise<string>;
  /** As `command`, and fails the test where the reply does not begin so. */
  expect(line: string, beginning: string): Promise<string>;
  /** A whole transaction after EHLO. Returns the reply to each recipient, and to the content where
   * some recipient was taken. */
  send(letter: Letter): Promise<{ readonly recipients: string[]; readonly content?: string }>;
  /** Sends FIN; what the server still says can be read. */
  finish(): void;
  /** The replies that are left when the server has closed. */
  rest(): Promise<readonly string[]>;
  /** Resets the connection, without a word. */
  destroy(): void;
}

/** Milliseconds without a sign of the server after which a test must have failed. */
const maxSilence = 60_000;

/** Connects and reads the greeting, which is the client's first reply.
 * @param from local address, such as 127.0.0.2 */
export async function connectSmtp(server: Endpoint, from?: string): Promise<SmtpClient> {
  const options = { host: server.host, port: server.port, allowHalfOpen: true };
  const socket = connect(from === undefined ? options : { ...options, localAddress: from });
  await once(socket, "connect");
  return createClient(socket);
}

/** As `connectSmtp`, to a listener whose TLS begins with the connection; whoever it is. */
export async function connectSmtps({ host, port }: Endpoint): Promise<SmtpClient> {
  const socket = connectTls({ host, port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return createClient(socket);
}

/** Connects, expects a greeting and says EHLO. */
export async function openSession(server: Endpoint, from?: string): Promise<SmtpClient> {
  const client = await connectSmtp(server, from);
  assert.match(await client.reply(), /^220 /);
  await client.expect("EHLO client.example", "250");
  return client;
}

/** Sends one message over a connection of its own. */
export async function sendLetter(
  server: Endpoint,
  letter: Letter,
  from?: string,
): ReturnType<SmtpClient["send"]> {
  const client = await openSession(server, from);
  const replies = await client.send(letter);
  await client.expect("QUIT", "221");
  client.destroy();
  return replies;
}

function createClient(socket: Socket): SmtpClient {
  const unread: string[] = [];
  let lines: string[] = [];
  let tail = "";
  let over = false;
  const isOver = () => over;
  let news = Promise.withResolvers<void>();
  socket.setEncoding("utf8");
  socket.setTimeout(maxSilence, () => socket.destroy());
  socket.on("data", (piece: string) => {
    const parts = (tail + piece).split("\r\n");
    tail = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      if (line[3] === "-") continue;
      unread.push(lines.join("\n"));
      lines = [];
    }
    tell();
  });
  const end = () => {
    over = true;
    tell();
  };
  socket.on("end", end);
  socket.on("close", end);
  socket.on("error", end); // a connection that was cut is over, too

  function tell(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  async function reply(): Promise<string> {
    while (unread.length === 0 && !isOver()) await news.promise;
    const next = unread.shift();
    if (next === undefined) throw new Error("the server closed the connection without a reply");
    return next;
  }

  async function command(line: string): Promise<string> {
    socket.write(`${line}\r\n`);
    return reply();
  }

  async function expect(line: string, beginning: string): Promise<string> {
    const said = await command(line);
    assert.ok(said.startsWith(beginning), `to ${line}: expected ${beginning}, got ${said}`);
    return said;
  }

  async function send(letter: Letter) {
    const { from, to, parameters = "" } = letter;
    await expect(`MAIL FROM:<${from}> ${parameters}`.trimEnd(), "250");
    const recipients: string[] = [];
    for (const address of to) recipients.push(await command(`RCPT TO:<${address}>`));
    if (!recipients.some((said) => said.startsWith("2"))) {
      await expect("RSET", "250");
      return { recipients };
    }
    return { recipients, content: await sendContent(letter) };
  }

  async function sendContent({ content, chunks }: Letter): Promise<string> {
    const octets = Buffer.from(content);
    if (chunks === undefined) {
      await expect("DATA", "354");
      socket.write(doubleDots(octets));
      return reply();
    }
    let last = "";
    for (let at = 0; at === 0 || at < octets.length; at += chunks) {
      const chunk = octets.subarray(at, at + chunks);
      const isLast = at + chunks >= octets.length;
      socket.cork();
      socket.write(`BDAT ${chunk.length}${isLast ? " LAST" : ""}\r\n`);
      socket.write(chunk);
      socket.uncork();
      last = await reply();
      if (!last.startsWith("250")) return last;
    }
    return last;
  }

  return {
    socket,
    unread,
    get isOver() {
      return over;
    },
    write: (octets) => void socket.write(octets),
    reply,
    command,
    expect,
    send,
    finish: () => void socket.end(),
    async rest() {
      while (!isOver()) await news.promise;
      socket.end();
      return unread.splice(0);
    },
    destroy: () => void socket.destroy(),
  };
}

/** Content as DATA carries it, with the end of data behind (RFC 5321 §4.5.2). */
export function doubleDots(content: Uint8Array): Buffer {
  const text = Buffer.from(content)
    .toString("latin1")
    .replace(/(^|\r\n)\./g, "$1..");
  return Buffer.from(`${text}${text === "" || text.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1");
}
