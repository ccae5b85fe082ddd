import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { octets, readAll, sample, scratchPlace, scratchStore, sharing } from "../fixture.test.ts";
import { openStore } from "../open.ts";

const chunkOctets = 256 * 1024;
const chunks = 80;

function chunk(sequence: number): Uint8Array {
  // A view of a larger buffer, as network reads are.
  return new Uint8Array(chunkOctets + 200).fill(sequence).subarray(100, 100 + chunkOctets);
}

test("a message of 20 MB goes in and out without ever lying in memory whole", async (t) => {
  const { messages } = await scratchStore(t);
  const written = createHash("sha256");
  for (let sequence = 0; sequence < chunks; sequence++) {
    written.update(chunk(sequence));
    await messages.stash(1, sequence + 1, chunk(sequence));
  }
  await messages.keep(sample(1, { stashed: chunks, content: [octets("end")] }));
  written.update("end");

  const read = createHash("sha256");
  let largest = 0;
  for await (const part of messages.content(1)) {
    read.update(part);
    largest = Math.max(largest, part.buffer.byteLength);
  }
  assert.equal(read.digest("hex"), written.digest("hex"));
  assert.equal(largest, chunkOctets);
});

test("a message that stashed all of its octets is kept with none of its own", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.stash(1, 1, octets("one "));
  await messages.stash(1, 2, octets("two"));
  await messages.keep(sample(1, { stashed: 2, content: [] }));
  assert.equal(await readAll(messages.content(1)), "one two");
});

test("a preface stands before all else, whether something was stashed or not", async (t) => {
  const { messages } = await scratchStore(t);
  const preface = octets("zero ");
  await messages.stash(1, 1, octets("one "));
  await messages.keep(sample(1, { preface, stashed: 1, content: [octets("two")] }));
  await messages.keep(sample(2, { preface, content: [octets("one")] }));
  assert.equal(await readAll(messages.content(1)), "zero one two");
  assert.equal(await readAll(messages.content(2)), "zero one");
});

test("what was unstashed is gone, and is no message", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.stash(1, 1, octets("one "));
  await messages.unstash(1);
  await assert.rejects(readAll(messages.content(1)), { kind: "missing" });
  assert.deepEqual(await messages.list({}, { after: 0, limit: 9 }), []);
});

test("a message that was kept, though nobody heard of it, keeps what was stashed", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.stash(1, 1, octets("who"));
  await messages.keep(sample(1, { stashed: 1, content: [octets("le")] }));
  await messages.unstash(1);
  assert.equal(await readAll(messages.content(1)), "whole");
});

test("a message whose stashed part is gone is not kept", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.stash(1, 1, octets("half"));
  await messages.unstash(1);
  const kept = messages.keep(sample(1, { stashed: 1 }));
  await assert.rejects(kept, { name: "StoreError", kind: "missing" });
  assert.equal(await messages.show(1), undefined);
});

// The ids are of the first node: of others' the store throws nothing away.
test("what had arrived by half goes when the store is opened anew; what was kept stays", async (t) => {
  const place = await scratchPlace(t);
  const before = await openStore(place, sharing("a.test"));
  await before.messages.stash(16, 1, octets("half"));
  await before.messages.stash(32, 1, octets("who"));
  await before.messages.keep(sample(32, { stashed: 1, content: [octets("le")] }));
  await before.close();

  const { messages } = await scratchStore(t, place);
  await assert.rejects(readAll(messages.content(16)), { kind: "missing" });
  assert.equal(await readAll(messages.content(32)), "whole");
});

test("a message removed while it is read ends in an error, not in silence", async (t) => {
  const { messages } = await scratchStore(t);
  await messages.keep(sample(1, { content: [octets("one"), octets("two")] }));
  const reading = messages.content(1)[Symbol.asyncIterator]();
  await reading.next();
  await messages.remove({ ids: [1] });
  await assert.rejects(reading.next(), { kind: "missing" });
});
