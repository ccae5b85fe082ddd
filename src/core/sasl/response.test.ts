import assert from "node:assert/strict";
import { test } from "node:test";
import { maxResponseLine, readInitialResponse, readResponse } from "./response.ts";

test("a response is base 64, and may be empty", () => {
  assert.deepEqual(readResponse("Zm8="), { kind: "response", octets: Uint8Array.of(102, 111) });
  assert.deepEqual(readResponse(""), { kind: "response", octets: new Uint8Array(0) });
  assert.equal(readResponse("=").kind, "bad-base64");
  assert.equal(readResponse("Zm8").kind, "bad-base64");
});

test("an asterisk gives up, where there is something to give up", () => {
  assert.equal(readResponse("*").kind, "cancel");
  assert.equal(readInitialResponse("*").kind, "bad-base64");
  assert.equal(readResponse("**").kind, "bad-base64");
});

test("an initial response that is empty is written as =", () => {
  assert.deepEqual(readInitialResponse("="), { kind: "response", octets: new Uint8Array(0) });
  assert.equal(readInitialResponse("==").kind, "bad-base64");
});

test("12,288 octets are taken, one more is not", () => {
  const most = readResponse(Buffer.alloc(12_288).toString("base64"));
  assert.equal(most.kind === "response" && most.octets.length, 12_288);
  assert.equal(readResponse(Buffer.alloc(12_289).toString("base64")).kind, "too-long");
  assert.equal(Buffer.alloc(12_288).toString("base64").length, maxResponseLine);
});
