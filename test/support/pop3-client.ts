// A POP3 client that does as it is told, line by line: well-behaved, rude or broken.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "./server.ts";

export interface Pop3Client {
  readonly socket: Socket;
  write(octets: string): void;
  /** The next line; rejects if the connection ends first. */
  line(): Promise<string>;
  /** Lines up to a dot alone, with doubled dots as they come. */
  body(): Promise<readonly string[]>;
  /** Writes a line and returns the first line of the reply to it. */
  command(line: string): Promise<string>;
  /** As `command`, and fails the test where the reply does not begin so. */
  expect(line: string, beginning: string): Promise<string>;
  /** USER and PASS; returns the reply to PASS. */
  logIn(user: string, password: string): Promise<string>;
  /** STLS, unless that was said already, and the handshake. */
  startTls(said?: "said"): Promise<Pop3Client>;
  /** The lines that are left when the server has closed. */
  rest(): Promise<readonly string[]>;
  /** Sends FIN. */
  finish(): void;
  /** Resets the connection, without a word. */
  destroy(): void;
}

export interface ConnectOptions {
  /** TLS begins with the connection. */
  readonly tls?: boolean;
  /** Local address, such as 127.0.0.2. */
  readonly from?: string;
}

/** Milliseconds without a sign of the server after which a test must have failed. */
const maxSilence = 60_000;

/** Connects; the greeting is the first line. */
export async function connectPop3(
  { host, port }: Endpoint,
  { tls = false, from }: ConnectOptions = {},
): Promise<Pop3Client> {
  const options = { host, port, ...(from !== undefined && { localAddress: from }) };
  if (!tls) {
    const socket = connect({ ...options, allowHalfOpen: true });
    await once(socket, "connect");
    return createClient(socket);
  }
  const socket = connectTls({ ...options, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return createClient(socket);
}

/** Connects and expects a greeting. */
export async function openPop3(server: Endpoint, options?: ConnectOptions): Promise<Pop3Client> {
  const client = await connectPop3(server, options);
  assert.match(await client.line(), /^\+OK /);
  return client;
}

function createClient(socket: Socket): Pop3Client {
  const unread: string[] = [];
  let tail = "";
  let over = false;
  const isOver = () => over;
  let news = Promise.withResolvers<void>();
  socket.setEncoding("latin1");
  socket.setTimeout(maxSilence, () => socket.destroy());

  function tell(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  function end(): void {
    over = true;
    tell();
  }

  socket.on("data", (piece: string) => {
    const parts = (tail + piece).split("\r\n");
    tail = parts.pop() ?? "";
    for (const part of parts) unread.push(part);
    tell();
  });
  socket.on("end", end);
  socket.on("close", end);
  socket.on("error", end); // a connection that was cut is over, too

  async function line(): Promise<string> {
    while (unread.length === 0 && !isOver()) await news.promise;
    const next = unread.shift();
    if (next === undefined) throw new Error("the server closed the connection without a reply");
    return next;
  }

  async function command(text: string): Promise<string> {
    socket.write(`${text}\r\n`);
    return line();
  }

  async function expect(text: string, beginning: string): Promise<string> {
    const said = await command(text);
    assert.ok(said.startsWith(beginning), `to ${text}: expected ${beginning}, got ${said}`);
    return said;
  }

  return {
    socket,
    write: (octets) => void socket.write(octets),
    line,
    async body() {
      const lines: string[] = [];
      for (let next = await line(); next !== "."; next = await line()) lines.push(next);
      return lines;
    },
    command,
    expect,
    async logIn(user, password) {
      await expect(`USER ${user}`, "+OK");
      return command(`PASS ${password}`);
    },
    async startTls(said) {
      if (said === undefined) await expect("STLS", "+OK");
      socket.removeAllListeners("data");
      const secured = connectTls({ socket, rejectUnauthorized: false });
      await once(secured, "secureConnect");
      return createClient(secured);
    },
    async rest() {
      while (!isOver()) await news.promise;
      socket.end();
      return unread.splice(0);
    },
    finish: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
