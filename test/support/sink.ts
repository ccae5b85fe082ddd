// An SMTP server that plays the outside world: it takes whatever it is sent, keeps it, and fails
// where its script says so. Written on sockets alone, so that it shares no mistake with ours.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Cleanup } from "./cleanup.ts";
import type { Endpoint } from "./server.ts";
import { serveSession } from "./sink-session.ts";
import { waitUntil } from "./wait.ts";

/** Where a session stands, asked before the sink answers there. `handshake` comes before the first
 * octet of it is answered, `content` with the first octets behind DATA or BDAT, `final` when the
 * message is whole. */
export interface Moment {
  readonly stage:
    | "greeting"
    | "hello"
    | "starttls"
    | "handshake"
    | "login"
    | "mail"
    | "recipient"
    | "data"
    | "content"
    | "final";
  /** The sender at `mail`, the recipient at `recipient`, the last recipient later; else empty. */
  readonly address: string;
  /** How often the sink has been at this stage with this address, from 1. */
  readonly times: number;
  /** Number of the connection, from 1. */
  readonly connection: number;
}

/** What the sink does instead of going along: a reply in place of its own (of several lines with \n
 * between), `drop` to cut the connection at once, `silence` to say nothing ever, `wait` for so many
 * milliseconds before it goes along, `finish` to go along and to close the connection behind it, `raw`
 * to write these octets, as they are, in place of its reply and to go along. */
export type Action =
  | ReplyText
  | "drop"
  | "silence"
  | "finish"
  | { readonly wait: number }
  | { readonly raw: string };

/** A code, a space and the rest. */
type ReplyText = `${number} ${string}`;

export type Script = (moment: Moment) => Action | undefined;

export interface SinkOptions {
  readonly host?: string;
  readonly port?: number;
  readonly script?: Script;
  /** Keywords in the answer to EHLO; all that a modern host has by default. */
  readonly offers?: readonly string[];
  readonly tls?: SinkTls;
  /** Who may log in, with PLAIN or LOGIN, under TLS where the sink has it. */
  readonly login?: { readonly user: string; readonly password: string };
}

export interface SinkTls extends SecureContextOptions {
  readonly cert: string;
  readonly key: string;
  /** From the first octet, instead of with STARTTLS. */
  readonly implicit?: boolean;
  /** Keywords that are offered under TLS beside the others. */
  readonly offers?: readonly string[];
}

export interface SinkMessage {
  readonly connection: number;
  /** As it was given between the angle brackets. */
  readonly sender: string;
  /** The protocol that it came under, such as `TLSv1.3`; empty in the clear. */
  readonly tls: string;
  /** Who had logged in; empty for nobody. */
  readonly login: string;
  /** What followed the sender. */
  readonly parameters: string;
  readonly recipients: readonly string[];
  /** Dots are single again. */
  readonly content: Buffer;
}

export interface Sink {
  readonly endpoint: Endpoint;
  /** `HOST:PORT`, for a configuration. */
  readonly name: string;
  /** Messages that the sink took with a 2xx. */
  readonly messages: readonly SinkMessage[];
  /** All that were whole, whatever the answer. */
  readonly heard: readonly SinkMessage[];
  /** Connections so far. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** What came as logins, right or wrong, as `USER:PASSWORD`. */
  readonly logins: readonly string[];
  /** Handshakes that came to something, and how many of these went on with an earlier session. */
  readonly handshakes: { readonly done: number; readonly reused: number };
  /** Everything that was said to the sink as a command, in its order. */
  readonly commands: readonly string[];
  /** Replaces the script from now on. */
  follow(script: Script): void;
  /** Waits until so many messages were taken; resolves with all. */
  until(count: number, milliseconds?: number): Promise<readonly SinkMessage[]>;
  /** Waits until a message for that recipient was taken; resolves with the first. */
  untilFor(recipient: string, milliseconds?: number): Promise<SinkMessage>;
  /** Cuts all connections and listens no more. */
  close(): Promise<void>;
}

export const modern: readonly string[] = [
  "PIPELINING",
  "SIZE 104857600",
  "8BITMIME",
  "SMTPUTF8",
  "CHUNKING",
  "ENHANCEDSTATUSCODES",
];

/** It is closed after the test. */
export async function startSink(cleanup: Cleanup, options: SinkOptions = {}): Promise<Sink> {
  const { host = "127.0.0.1", port = 0, offers = modern } = options;
  let script = options.script ?? (() => undefined);
  // One for all connections, so that sessions go on.
  const tls = options.tls && { ...options.tls, secureContext: createSecureContext(options.tls) };
  const messages: SinkMessage[] = [];
  const heard: SinkMessage[] = [];
  const commands: string[] = [];
  const logins: string[] = [];
  const handshakes = { done: 0, reused: 0 };
  const sockets = new Set<Socket>();
  const visits = new Map<string, number>();
  let connections = 0;

  function consult(stage: Moment["stage"], address: string, connection: number) {
    const key = `${stage} ${address}`;
    const times = (visits.get(key) ?? 0) + 1;
    visits.set(key, times);
    return script({ stage, address, times, connection });
  }

  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveSession(socket, {
      offers,
      ...(tls && { tls }),
      ...(options.login && { login: options.login }),
      onLogin: (login) => logins.push(login),
      onSecured(reused) {
        handshakes.done++;
        if (reused) handshakes.reused++;
      },
      consult: (stage, address) => consult(stage, address, connection),
      onCommand: (line) => commands.push(line),
      onHeard: (message) => heard.push({ ...message, connection }),
      onTaken: (message) => messages.push({ ...message, connection }),
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sink has no port");
  const sink: Sink = {
    endpoint: { host, port: address.port },
    name: `${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    messages,
    heard,
    commands,
    logins,
    handshakes,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    follow(next) {
      script = next;
    },
    until: (count, milliseconds) =>
      waitUntil(
        `the sink has ${count} messages`,
        () => messages.length >= count && messages,
        milliseconds,
      ),
    untilFor: (recipient, milliseconds) =>
      waitUntil(
        `the sink has a message for ${recipient}`,
        () => messages.find(({ recipients }) => recipients.includes(recipient)),
        milliseconds,
      ),
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  cleanup.after(() => sink.close());
  return sink;
}
