import assert from "node:assert/strict";
import { test } from "node:test";
import { reply } from "../reply.ts";
import { noExtensions, parseExtensions } from "./extensions.ts";

function offers(...keywords: string[]) {
  return parseExtensions(reply(250, "", "PIPELINING is my name", ...keywords));
}

test("the greeting line offers nothing", () => {
  assert.deepEqual(offers(), noExtensions);
});

test("keywords count without regard to case; unknown ones are no matter", () => {
  const offered = offers("pipelining", "8BitMIME", "CHUNKING", "SMTPUTF8", "XCLIENT ADDR", "");
  assert.deepEqual(offered, {
    ...noExtensions,
    pipelining: true,
    eightBitMime: true,
    chunking: true,
    smtputf8: true,
  });
});

test("SIZE states a limit, or none, but never one that is no number", () => {
  assert.equal(offers("SIZE 26214400").size, 26_214_400);
  for (const text of ["SIZE", "SIZE 0", "SIZE lots", "SIZE -1", `SIZE ${"9".repeat(30)}`]) {
    assert.equal(offers(text).size, Infinity, text);
  }
});

test("LIMITS of RFC 9422", () => {
  const { recipientsMax, messagesMax } = offers("LIMITS MAILMAX=20 RCPTMAX=50 RCPTDOMAINMAX=1");
  assert.deepEqual([recipientsMax, messagesMax], [50, 20]);
  assert.equal(offers("LIMITS RCPTMAX=0").recipientsMax, Infinity);
});
