// An SMTP server with holes where its test wants them: it takes mail for alice@example.org and for
// what its rule lets through, in any order of commands.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../support/cleanup.ts";
import type { Endpoint } from "../support/server.ts";
import { createWireReader } from "../support/wire-reader.ts";

/** What has happened in the session when a recipient comes. */
export interface Moment {
  readonly hello: "" | "HELO" | "EHLO";
  readonly tls: boolean;
  readonly failedLogins: number;
  readonly resets: number;
  /** As they were written, brackets included. */
  readonly sender: string;
  readonly recipient: string;
}

export interface HoledServerOptions {
  /** A reply to a recipient in place of the usual one. */
  readonly rule: (moment: Moment) => string | undefined;
  readonly takesAnyLogin?: boolean;
}

export interface HoledServer {
  readonly endpoint: Endpoint;
  /** All lines that were said to it. */
  readonly lines: readonly string[];
  /** Contents that were sent behind DATA. */
  readonly contents: readonly string[];
}

const certificate = ["key", "certificate"].map((name) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))),
);

export async function startHoledServer(
  cleanup: Cleanup,
  options: HoledServerOptions,
): Promise<HoledServer> {
  const lines: string[] = [];
  const contents: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket, options, { lines, contents }).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.after(async () => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { endpoint: { host: "127.0.0.1", port }, lines, contents };
}

async function serve(
  clear: Socket,
  { rule, takesAnyLogin = false }: HoledServerOptions,
  { lines, contents }: { lines: string[]; contents: string[] },
): Promise<void> {
  let socket = clear;
  let reader = createWireReader(socket);
  let moment: Moment = {
    hello: "",
    tls: false,
    failedLogins: 0,
    resets: 0,
    sender: "",
    recipient: "",
  };
  const say = (reply: string) => void socket.write(`${reply}\r\n`);

  const acts: Readonly<Record<string, (line: string) => void | Promise<void>>> = {
    HELO: () => {
      moment = { ...moment, hello: "HELO" };
      say("250 mail.example.org");
    },
    EHLO: () => {
      moment = { ...moment, hello: "EHLO" };
      say("250-mail.example.org\r\n250-STARTTLS\r\n250 AUTH PLAIN");
    },
    STARTTLS: () => {
      say("220 2.0.0 Go ahead");
      const [key, cert] = certificate;
      socket = new TLSSocket(clear, { isServer: true, key, cert });
      socket.on("error", () => clear.destroy());
      reader = createWireReader(socket);
      moment = { ...moment, tls: true, hello: "" };
    },
    AUTH: () => {
      if (takesAnyLogin) return say("235 2.7.0 Welcome");
      moment = { ...moment, failedLogins: moment.failedLogins + 1 };
      say("535 5.7.8 No such login");
    },
    RSET: () => {
      moment = { ...moment, resets: moment.resets + 1 };
      say("250 2.0.0 Ok");
    },
    MAIL: (line) => {
      moment = { ...moment, sender: line.slice("MAIL FROM:".length) };
      say("250 2.1.0 Ok");
    },
    RCPT: (line) => {
      moment = { ...moment, recipient: line.slice("RCPT TO:".length) };
      say(rule(moment) ?? usual(moment));
    },
    DATA: async () => {
      say("354 Go ahead");
      contents.push((await reader.untilDot()).toString());
      say("250 2.0.0 Taken");
    },
  };

  say("220 mail.example.org ESMTP");
  for (;;) {
    const line = await reader.line();
    lines.push(line);
    const verb = line.split(" ", 1)[0] ?? "";
    if (verb === "QUIT") return void socket.end("221 2.0.0 Bye\r\n");
    await (acts[verb] ?? (() => say("500 5.5.1 What?")))(line);
  }
}

function usual({ recipient }: Moment): string {
  return recipient === "<alice@example.org>" ? "250 2.1.5 Ok" : "550 5.7.1 Relaying denied";
}
