import assert from "node:assert/strict";
import { test } from "node:test";
import { reply } from "../../core/smtp/reply.ts";
import { createThrottle } from "./throttle.ts";

const no = reply(450, "4.2.0", "later");
const later = {
  kind: "temporary",
  why: { kind: "refused", stage: "recipient", reply: no },
} as const;
const taken = {
  kind: "delivered",
  reply: reply(250, "2.0.0", "Ok"),
  tells: false,
  keepsTime: false,
} as const;

test("a host that puts off all gets one connection, and never none", () => {
  const throttle = createThrottle();
  for (let count = 0; count < 9; count++) throttle.note([later, later]);
  assert.equal(throttle.most, Infinity);
  for (let count = 0; count < 100; count++) throttle.note([later]);
  assert.equal(throttle.most, 1);
  throttle.note([taken]);
  throttle.note([later, taken]);
  assert.equal(throttle.most, 3, "it grows again with what is taken");
});

test("greylisting among other mail slows nothing down", () => {
  const throttle = createThrottle();
  for (let count = 0; count < 100; count++) throttle.note([count % 5 === 0 ? taken : later]);
  assert.equal(throttle.most, Infinity);
});
