// Random packets as answers of the DNS: some are noise from the first octet on, some begin like an
// answer to the question that was asked. c-ares reads them all, as it would on a bad day.

import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import type { Endpoint } from "../../core/config/settings.ts";
import { createBlocklistResolver } from "./blocklist.ts";

/** Packets for each question: the last one ends it, in whatever way. */
const burst = 100;
const wanted = 1_000_000;
/** Milliseconds, so that a slow machine sends fewer instead of waiting. */
const longest = 20_000;

/** Random octets are drawn once and then cut in many ways. */
const noise = randomBytes(1 << 20);

function random(length: number): Buffer {
  const at = randomInt(noise.length - length);
  return noise.subarray(at, at + length);
}

/** Noise; or the question's own id with noise behind; or its id, a header that says so many records,
 * the question and noise in their place. Only one of these in a burst, as a rule: it may end the
 * question, and what comes later nobody reads. */
function packet(query: Buffer): Buffer {
  const id = query.subarray(0, 2);
  switch (randomInt(burst)) {
    case 0:
      return Buffer.concat([id, random(randomInt(600))]);
    case 1: {
      const header = Buffer.from([
        0x81,
        0x80,
        0,
        1,
        0,
        randomInt(4),
        0,
        randomInt(4),
        0,
        randomInt(4),
      ]);
      const question = query.subarray(12, query.length - 11); // without the query's OPT record
      return Buffer.concat([id, header, question, random(randomInt(200))]);
    }
    default:
      return random(randomInt(600));
  }
}

async function startNoise(context: TestContext) {
  const socket = createSocket("udp4");
  const sent = { packets: 0 };
  socket.on("message", (query, { port, address }) => {
    for (let count = 0; count < burst; count++) socket.send(packet(query), port, address);
    // Whatever came before: this one cannot be mistaken for an answer to another question.
    socket.send(Buffer.concat([query.subarray(0, 2), random(20)]), port, address);
    sent.packets += burst + 1;
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  context.after(() => socket.close());
  const endpoint: Endpoint = { host: "127.0.0.1", port: socket.address().port };
  return { endpoint, sent };
}

test("a million random packets as answers break nothing", async (context) => {
  const { endpoint, sent } = await startNoise(context);
  const resolver = createBlocklistResolver({
    servers: [endpoint],
    now: () => performance.now(),
    timeout: 1000,
    concurrency: 50,
    onAsked: () => {},
  });
  const kinds = new Map<string, number>();
  const begun = performance.now();
  let asked = 0;

  async function ask(): Promise<void> {
    while (sent.packets < wanted && performance.now() - begun < longest) {
      const name = `${++asked}.0.0.127.list.test`;
      const found = await (asked % 8 === 0 ? reason(name) : resolver.addresses(name));
      kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1);
    }
  }

  async function reason(name: string): Promise<{ readonly kind: string }> {
    const text = await resolver.reason(name);
    assert.match(text ?? "x", /^[ -~]{1,200}$/);
    return { kind: text === undefined ? "no reason" : "reason" };
  }

  await Promise.all(Array.from({ length: 50 }, ask));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const answers = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
  context.diagnostic(`${sent.packets} packets in ${seconds} s for ${asked} questions: ${answers}`);
  assert.ok(sent.packets > 10_000);
  assert.ok((kinds.get("unknown") ?? 0) > asked / 4, answers);
});
