import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { callServer, streamFromServer } from "./client.ts";
import type { ControlStream } from "./protocol.ts";
import { startControlServer } from "./server.ts";

/** Values without end, until it is closed. */
class Endless implements ControlStream {
  closed = 0;
  readonly #every: number;

  constructor(every: number) {
    this.#every = every;
  }

  close(): void {
    this.closed++;
  }

  async *[Symbol.asyncIterator]() {
    for (let value = 0; this.closed === 0; value++) {
      yield { value, filler: "x".repeat(1_000) };
      await sleep(this.#every);
    }
  }
}

async function stage(t: TestContext, every = 1) {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-control-"));
  const path = join(folder, "control.sock");
  const stream = new Endless(every);
  const server = await startControlServer(
    path,
    async ({ call }) => {
      if (call === "stream") return stream;
      if (call === "fail") throw new Error("no");
      return call;
    },
    (error) => ({ ok: false, kind: "failed", text: String(error) }),
  );
  t.after(async () => {
    stream.close();
    await server.close();
    await rm(folder, { recursive: true });
  });
  return { path, stream };
}

test("an answer that goes on is told value by value, until the caller has enough", async (t) => {
  const { path, stream } = await stage(t);
  const replies = await streamFromServer(path, { call: "stream", arguments: [] });
  let count = 0;
  for await (const reply of replies ?? assert.fail()) {
    assert.ok(reply.ok);
    if (++count === 5) break;
  }
  while (stream.closed === 0) await sleep(5);
  assert.deepEqual(await callServer(path, { call: "hello", arguments: [] }), {
    ok: true,
    value: "hello",
  });
});

test("a failure ends it at once", async (t) => {
  const { path } = await stage(t);
  const replies = await streamFromServer(path, { call: "fail", arguments: [] });
  const all = await Array.fromAsync(replies ?? assert.fail());
  assert.deepEqual(all, [{ ok: false, kind: "failed", text: "Error: no" }]);
});

test("a caller that does not read, and then is gone, does no harm", async (t) => {
  const { path, stream } = await stage(t, 0);
  const socket = createConnection(path);
  await once(socket, "connect");
  socket.pause();
  socket.write('{"call":"stream","arguments":[]}\n');
  await sleep(200);
  socket.write("what nobody reads\n".repeat(1_000));
  socket.destroy();
  while (stream.closed === 0) await sleep(5);
  const alive = await callServer(path, { call: "hello", arguments: [] });
  assert.equal(alive?.ok, true);
});

test("where no server listens there is nothing to watch", async () => {
  assert.equal(
    await streamFromServer("/nowhere/x.sock", { call: "stream", arguments: [] }),
    undefined,
  );
});
