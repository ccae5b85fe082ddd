// Senders that go on whatever happens to the server, and that remember what it has promised them.

import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Endpoint } from "../../support/server.ts";
import { openSession, type SmtpClient } from "../../support/smtp-client.ts";
import { between, type Random } from "./random.ts";

export interface LoadOptions {
  readonly random: Random;
  /** The server as it runs now; it may be down. */
  readonly address: () => Endpoint;
  readonly senders: number;
}

export interface Load {
  /** Hash of the content by recipient: of messages that were answered with 250. */
  readonly promised: ReadonlyMap<string, string>;
  /** The same of all whose last octet was sent; some were never answered. */
  readonly sent: ReadonlyMap<string, string>;
  /** Messages that were left before their last octet. */
  readonly halves: ReadonlySet<string>;
  /** Every sender ends what it is about. */
  stop(): Promise<void>;
}

export function startLoad({ random, address, senders }: LoadOptions): Load {
  const promised = new Map<string, string>();
  const sent = new Map<string, string>();
  const halves = new Set<string>();
  let count = 0;
  const stopping = new AbortController();

  async function sendOne(client: SmtpClient): Promise<void> {
    const id = `m${++count}@else.example`;
    const content = makeContent(id, random);
    client.write(`MAIL FROM:<load@client.example>\r\nRCPT TO:<${id}>\r\nDATA\r\n`);
    for (const code of ["250", "250", "354"]) await expectReply(client, code);
    if (random() < 0.05) {
      halves.add(id);
      client.write(content.subarray(0, between(random, 1, content.length)));
      await delay(between(random, 0, 20));
      throw new Error("left half-way, as planned");
    }
    const hash = hashOf(content);
    sent.set(id, hash);
    client.write(content);
    client.write(".\r\n");
    const answer = await client.reply();
    if (answer.startsWith("250")) promised.set(id, hash);
  }

  async function serveOnce(messages: number): Promise<void> {
    const client = await openSession(address());
    try {
      for (let left = messages; left > 0 && !stopping.signal.aborted; left--) await sendOne(client);
    } finally {
      client.destroy();
    }
  }

  async function send(messages: number): Promise<void> {
    while (!stopping.signal.aborted) {
      // The server is killed again and again: every failure is expected, and the next one is tried.
      await serveOnce(messages).catch(() => delay(20));
    }
  }

  const all = Array.from({ length: senders }, (_, index) => send(index % 2 === 0 ? 1 : 50));
  return {
    promised,
    sent,
    halves,
    async stop() {
      stopping.abort();
      await Promise.all(all);
    },
  };
}

async function expectReply(client: SmtpClient, code: string): Promise<void> {
  const said = await client.reply();
  if (!said.startsWith(code)) throw new Error(`expected ${code}, got ${said}`);
}

/** Mostly small, a few of 1 to 3 MB; no line begins with a dot. */
function makeContent(id: string, random: Random): Buffer {
  const octets =
    random() < 0.04 ? between(random, 1_000_000, 3_000_000) : between(random, 0, 20_000);
  const line = `${id} ${"x".repeat(60)}\r\n`;
  return Buffer.from(
    `Subject: ${id}\r\n\r\n${line.repeat(Math.ceil(octets / line.length))}end\r\n`,
  );
}

export function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
