import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import * as fc from "fast-check";
import { toLocalLines } from "./local-lines.ts";

async function convert(...chunks: readonly Uint8Array[]): Promise<string> {
  return (await buffer(toLocalLines(chunks))).toString("latin1");
}

test("only CR before LF goes", async () => {
  const text = "a\r\nb\n\r\r\n\rc\r\r\r\n\r";
  assert.equal(await convert(Buffer.from(text)), "a\nb\n\r\n\rc\r\r\n\r");
});

test("the chunks that come in are left as they are", async () => {
  const chunk = Buffer.from("a\r\nb\r\n");
  await convert(chunk);
  assert.equal(chunk.toString(), "a\r\nb\r\n");
});

test("any octets, cut anywhere, come out as if CR LF had been replaced in one piece", async () => {
  const octet = fc.oneof(fc.constantFrom(0x0d, 0x0a), fc.nat(255));
  const chunk = fc.array(octet).map((octets) => Uint8Array.from(octets));
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), async (chunks) => {
      const whole = Buffer.concat(chunks).toString("latin1");
      assert.equal(await convert(...chunks), whole.replaceAll("\r\n", "\n"));
    }),
  );
});
