import assert from "node:assert/strict";
import { test } from "node:test";
import { createNameSource } from "./unique-name.ts";

test("names are made of time, process, count and host", () => {
  const times = [1_795_342_272_123.456, 1_795_342_272_123.456, 1_000_000.5];
  const now = () => times.shift() ?? 0;
  const next = createNameSource({ hostname: "mail.example.org", processId: 42, now });
  assert.equal(next(), "1795342272.M123456P42Q1.mail.example.org");
  assert.equal(next(), "1795342272.M123456P42Q2.mail.example.org");
  assert.equal(next(), "1000.M000500P42Q3.mail.example.org");
});

test("a host name cannot break the file name", () => {
  const next = createNameSource({ hostname: "a/b:2,S", processId: 1, now: () => 0 });
  assert.equal(next(), "0.M000000P1Q1.a\\057b\\0722,S");
});

test("the longest host name leaves room for all else", () => {
  const next = createNameSource({ hostname: "a".repeat(253), processId: 1, now: () => 0 });
  assert.ok(next().length < 200);
});
