import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeaderSection } from "./header-section.ts";

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, "latin1");
}

test("the header section ends at the first empty line, wherever the chunks are cut", async () => {
  const whole = "From: a@example.org\r\nSubject: hello\r\n\r\nbody\r\n\r\nmore";
  for (let at = 0; at <= whole.length; at++) {
    const read = await readHeaderSection(chunks(whole.slice(0, at), whole.slice(at)));
    assert.deepEqual(read, { text: "From: a@example.org\nSubject: hello\n", isCut: false });
  }
});

test("no chunk is fetched beyond it", async () => {
  let fetched = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for (const text of ["A: b\r\n\r\n", "body", "more"]) {
      fetched++;
      yield Buffer.from(text);
    }
  }
  await readHeaderSection(counted());
  assert.equal(fetched, 1);
});

test("one that does not end is cut, one without fields or octets is empty", async () => {
  const endless = await readHeaderSection(chunks("x".repeat(40_000), "y".repeat(40_000)));
  assert.deepEqual([endless.text.length, endless.isCut], [65_536, true]);
  for (const none of [chunks(), chunks("\r\nbody\r\n\r\n")]) {
    assert.deepEqual(await readHeaderSection(none), { text: "", isCut: false });
  }
});

test("what is no UTF-8 is replaced", async () => {
  assert.equal((await readHeaderSection(chunks("A: \xff\r\n\r\n"))).text, "A: \ufffd\n");
});
