// One connection of the sink: reads commands and content off the socket, one step at a time, and
// asks the script at each.

import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Action, Moment, SinkMessage, SinkOptions, SinkTls } from "./sink.ts";
import { createWireReader, type WireReader } from "./wire-reader.ts";

type Heard = Omit<SinkMessage, "connection">;

export interface SessionOptions extends Pick<SinkOptions, "login"> {
  readonly tls?: SinkTls & { readonly secureContext: SecureContext };
  readonly onLogin: (login: string) => void;
  readonly onSecured: (reused: boolean, name: string) => void;
  readonly offers: readonly string[];
  readonly consult: (stage: Moment["stage"], address: string) => Action | undefined;
  readonly onCommand: (line: string) => void;
  readonly onHeard: (message: Heard) => void;
  readonly onTaken: (message: Heard) => void;
}

type Tls = NonNullable<SessionOptions["tls"]>;

interface Envelope {
  readonly sender: string;
  readonly parameters: string;
  readonly recipients: string[];
  readonly chunks: Buffer[];
}

/** Whether the sink went along, so that what was asked for has happened. */
type Went = boolean;

function isReply(action: Action | undefined): action is Extract<Action, `${number} ${string}`> {
  return typeof action === "string" && /^\d{3} /.test(action);
}

export function serveSession(socket: Socket, options: SessionOptions): void {
  const session = createSession({ socket, reader: createWireReader(socket) }, options);
  socket.on("error", () => socket.destroy());
  // A connection that is cut ends the session wherever it stands.
  session.run().catch(() => socket.destroy());
}

/** A socket, in the clear or under TLS, and what is read off it. */
interface Wire {
  readonly socket: Socket;
  readonly reader: WireReader;
}

function createSession(clear: Wire, options: SessionOptions) {
  let wire = clear;
  let login = "";
  let envelope: Envelope | undefined;
  let leaving = false;

  /** Replies as the script wants, or with `usual`. */
  async function answer(stage: Moment["stage"], address: string, usual: string): Promise<Went> {
    const action = options.consult(stage, address);
    if (action === "drop") {
      clear.socket.resetAndDestroy();
      throw new Error("dropped");
    }
    if (action === "silence") await new Promise(() => {});
    if (typeof action === "object") {
      if ("raw" in action) {
        wire.socket.write(action.raw);
        return true;
      }
      await delay(action.wait);
    }
    const reply = isReply(action) ? action : usual;
    if (reply !== "") say(reply);
    if (action === "finish" || reply.startsWith("421")) leaving = true;
    return reply === usual;
  }

  /** Lines are parted by \n; each gets the code of the first. */
  function say(reply: string): void {
    const code = reply.slice(0, 3);
    const [first = "", ...more] = reply.slice(4).split("\n");
    const lines = [first, ...more.map((line) => line.replace(/^\d{3}[ -]/, ""))];
    wire.socket.write(
      lines.map((line, at) => `${code}${at < lines.length - 1 ? "-" : " "}${line}\r\n`).join(""),
    );
  }

  function lastRecipient(): string {
    return envelope?.recipients.at(-1) ?? "";
  }

  async function mail(line: string): Promise<void> {
    const { sender = "", parameters = "" } =
      /^MAIL FROM:<(?<sender>.*?)>(?: (?<parameters>.*))?$/i.exec(line)?.groups ?? {};
    if (!(await answer("mail", sender, "250 2.1.0 Ok"))) return;
    envelope = { sender, parameters, recipients: [], chunks: [] };
  }

  async function recipient(line: string): Promise<void> {
    if (envelope === undefined) return say("503 5.5.1 MAIL first");
    const address = /^RCPT TO:<(.*)>(?: [^<>]*)?$/i.exec(line)?.[1] ?? "";
    if (await answer("recipient", address, "250 2.1.5 Ok")) envelope.recipients.push(address);
  }

  async function data(): Promise<void> {
    if (envelope === undefined || envelope.recipients.length === 0) {
      return say("554 5.5.1 No valid recipients");
    }
    if (!(await answer("data", lastRecipient(), "354 Go ahead"))) return;
    await wire.reader.some();
    const went = await answer("content", lastRecipient(), "");
    envelope.chunks.push(await wire.reader.untilDot());
    if (went) await finish();
    else envelope = undefined;
  }

  async function chunk(line: string): Promise<void> {
    const [, count = "", last] = /^BDAT (\d+)( LAST)?$/i.exec(line) ?? [];
    let went = true;
    const octets = await wire.reader.octets(Number(count), async () => {
      if (envelope?.chunks.length === 0) went = await answer("content", lastRecipient(), "");
    });
    if (!went) envelope = undefined;
    else if (envelope === undefined) say("503 5.5.1 MAIL and RCPT first");
    else await takeChunk(envelope, octets, last !== undefined);
  }

  async function takeChunk({ chunks }: Envelope, octets: Buffer, isLast: boolean): Promise<void> {
    chunks.push(octets);
    if (isLast) await finish();
    else say(`250 2.0.0 ${octets.length} octets`);
  }

  async function finish(): Promise<void> {
    if (envelope === undefined) return;
    const { sender, parameters, recipients, chunks } = envelope;
    const { socket } = wire;
    const tls = socket instanceof TLSSocket ? (socket.getProtocol() ?? "") : "";
    const content = Buffer.concat(chunks);
    const message = { sender, parameters, recipients, content, tls, login };
    const address = lastRecipient();
    envelope = undefined;
    options.onHeard(message);
    if (await answer("final", address, "250 2.0.0 Taken")) options.onTaken(message);
  }

  function keywords(): readonly string[] {
    const isSecure = wire.socket instanceof TLSSocket;
    const mayLogIn = options.login !== undefined && (isSecure || options.tls === undefined);
    return [
      ...options.offers,
      ...(isSecure ? (options.tls?.offers ?? []) : []),
      ...(options.tls !== undefined && !isSecure ? ["STARTTLS"] : []),
      ...(mayLogIn ? ["AUTH PLAIN LOGIN"] : []),
    ];
  }

  async function startTls(tls: Tls): Promise<void> {
    wire.reader.release();
    if (await answer("starttls", "", "220 2.0.0 Go ahead")) await secure(tls);
    else wire = { ...wire, reader: createWireReader(wire.socket) };
  }

  async function secure({ secureContext }: Tls): Promise<void> {
    await answer("handshake", "", "");
    const socket = new TLSSocket(clear.socket, { isServer: true, secureContext });
    await once(socket, "secure"); // rejects where there is none
    socket.on("error", () => socket.destroy());
    const name: unknown = Reflect.get(socket, "servername"); // Node's types leave it out
    options.onSecured(socket.isSessionReused(), typeof name === "string" ? name : "");
    envelope = undefined;
    wire = { socket, reader: createWireReader(socket) };
  }

  async function ask(question: string): Promise<string> {
    say(`334 ${Buffer.from(question).toString("base64")}`);
    return Buffer.from(await wire.reader.line(), "base64").toString();
  }

  async function authenticate(line: string): Promise<void> {
    const [, mechanism = "", initial] = line.split(" ");
    let user = "";
    let password = "";
    if (mechanism.toUpperCase() === "LOGIN") {
      user = await ask("Username:");
      password = await ask("Password:");
    } else {
      const message = initial ? Buffer.from(initial, "base64").toString() : await ask("");
      [, user = "", password = ""] = message.split("\0");
    }
    options.onLogin(`${user}:${password}`);
    const isGood = user === options.login?.user && password === options.login.password;
    const usual = isGood ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong user or password";
    if ((await answer("login", user, usual)) && isGood) login = user;
  }

  async function command(line: string): Promise<void> {
    options.onCommand(line);
    switch (line.split(" ", 1)[0]?.toUpperCase()) {
      case "EHLO":
        envelope = undefined;
        await answer("hello", "", `250 ${["sink.example", ...keywords()].join("\n")}`);
        return;
      case "HELO":
        envelope = undefined;
        await answer("hello", "", "250 sink.example");
        return;
      case "STARTTLS":
        if (options.tls === undefined) return say("500 5.5.1 What?");
        return startTls(options.tls);
      case "AUTH":
        return authenticate(line);
      case "MAIL":
        return mail(line);
      case "RCPT":
        return recipient(line);
      case "DATA":
        return data();
      case "BDAT":
        return chunk(line);
      case "RSET":
        envelope = undefined;
        return say("250 2.0.0 Ok");
      case "QUIT":
        leaving = true;
        return say("221 2.0.0 Bye");
      default:
        return say("500 5.5.1 What?");
    }
  }

  return {
    /** Rejects where the connection ends without our doing. */
    async run(): Promise<void> {
      if (options.tls?.implicit === true) {
        wire.reader.release();
        await secure(options.tls);
      }
      await answer("greeting", "", "220 sink.example ESMTP");
      while (!leaving) await command(await wire.reader.line());
      wire.socket.end();
    },
  };
}
