// kill -9 under load, again and again: what was acknowledged arrives, what was left half-way does
// not, and the store stays whole.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { temporaryFolder, type TestServer } from "../support/server.ts";
import { type Script, type Sink, type SinkMessage, startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";
import { hashOf, type Load, startLoad } from "./support/load.ts";
import { between, createRandom, type Random } from "./support/random.ts";
import { startRelay, untilDrained } from "./support/relay.ts";
import { inspectStore, nothingLeft } from "./support/store-file.ts";

const rounds = 22;
const program = fileURLToPath(new URL("../../bin/bailiwick", import.meta.url));

test("kill -9 under load loses nothing that was acknowledged", { timeout: 180_000 }, async (t) => {
  const seed = Number(process.env["BAILIWICK_SEED"] ?? Date.now() % 1_000_000);
  t.diagnostic(`BAILIWICK_SEED=${seed}`);
  const random = createRandom(seed);
  const folder = await temporaryFolder(t);
  const sink = await startSink(t, { script: moody(random) });
  const start = () => startRelay(t, { folder, via: sink.name });

  let server = await start();
  const load = startLoad({ random, address: () => server.address, senders: 12 });
  for (let round = 0; round < rounds; round++) {
    await delay(between(random, 100, 900));
    await server.kill();
    if (round % 4 === 0) await killAmidStart(server, between(random, 0, 600));
    server = await start();
  }
  await load.stop();
  sink.follow(() => undefined);
  await untilAllArrived(load, sink);
  await untilDrained(server, 30_000);
  assert.equal(await server.stop(), 0);

  assert.deepEqual(inspectStore(server.dataFolder), nothingLeft);
  checkArrivals(t, load, sink.messages);
});

/** A host that has its bad moments, after the final dot among them. */
function moody(random: Random): Script {
  return ({ stage }) => {
    const mood = random();
    if (stage !== "mail" && stage !== "recipient" && stage !== "final") return undefined;
    if (mood < 0.04) return "451 4.3.0 Not now";
    return mood < 0.06 ? "drop" : undefined;
  };
}

/** Starts on what the last crash left, and dies before it is through with it. */
async function killAmidStart(server: TestServer, milliseconds: number): Promise<void> {
  const words = ["start", "-c", server.configurationFile];
  const child = spawn(program, words, { stdio: "ignore" });
  const ended = once(child, "exit");
  await delay(milliseconds);
  child.kill("SIGKILL");
  await ended;
}

function untilAllArrived(load: Load, sink: Sink): Promise<unknown> {
  return waitUntil(
    "all that was promised has arrived",
    () => {
      const arrived = new Set(sink.messages.flatMap(({ recipients }) => recipients));
      return [...load.promised.keys()].every((id) => arrived.has(id));
    },
    60_000,
  ).catch((error: unknown) => {
    const arrived = new Set(sink.messages.flatMap(({ recipients }) => recipients));
    const lost = [...load.promised.keys()].filter((id) => !arrived.has(id));
    throw new Error(`lost: ${lost.join(" ")}`, { cause: error });
  });
}

function checkArrivals(t: TestContext, load: Load, messages: readonly SinkMessage[]): void {
  const seen = new Set<string>();
  for (const { recipients, content } of messages) {
    for (const id of recipients) {
      seen.add(id);
      assert.ok(!load.halves.has(id), `${id} was left half-way, and arrived`);
      assert.equal(hashOf(behindTrace(content)), load.sent.get(id), `${id} arrived changed`);
    }
  }
  assert.ok(load.promised.size > rounds, "the load was no load");
  t.diagnostic(
    `${load.promised.size} promised, ${load.sent.size - load.promised.size} without an answer, ` +
      `${load.halves.size} left half-way, ${messages.length - seen.size} arrived again`,
  );
}

/** The content as it was sent: behind the trace field that we put before it. */
function behindTrace(content: Buffer): Buffer {
  return content.subarray(content.indexOf("Subject: "));
}
