// What anybody may send as an answer: it is read, or it is none, and nothing else happens.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "dns-packet";
import * as fc from "fast-check";
import { readAnswer } from "./answer.ts";
import { type Question, readResponse } from "./packet.ts";

const id = 0x1234;
const question: Question = { name: "_25._tcp.mx.example.org", type: "TLSA" };

const honest = encode({
  type: "response",
  id,
  flags: 0x01a0,
  questions: [{ ...question, class: "IN" }],
  answers: [
    { type: "CNAME", name: question.name, ttl: 60, data: "tlsa.example.org" },
    {
      type: "TLSA",
      name: "tlsa.example.org",
      ttl: 60,
      data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, 0xab) },
    },
  ],
  authorities: [{ type: "NS", name: "example.org", ttl: 60, data: "ns.example.org" }],
});

function read(packet: Buffer) {
  const response = readResponse(packet, id, question);
  return response.ok ? readAnswer(question, response).answer : undefined;
}

test("the honest answer is read", () => {
  const answer = read(honest);
  assert.ok(answer?.kind === "records");
  assert.equal(answer.isSigned, true);
  assert.equal(answer.canonical, "tlsa.example.org");
});

test("random packets are read, or are no answer", () => {
  const behind = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => void read(Buffer.from(octets))),
    { numRuns: 2_000 },
  );
  // Behind the header and the question everything may follow.
  const start = honest.subarray(0, 12 + question.name.length + 2 + 4);
  fc.assert(
    fc.property(behind, (octets) => void read(Buffer.concat([start, octets]))),
    { numRuns: 5_000 },
  );
});

test("a packet of which some octets are others is read, or is no answer", () => {
  const change = fc.tuple(fc.nat(honest.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const packet = Buffer.from(honest);
      for (const [at, octet] of changes) packet[at] = octet;
      const answer = read(packet);
      if (answer?.kind !== "records") return;
      for (const record of answer.records) assert.equal(record.type, "TLSA");
    }),
    { numRuns: 5_000 },
  );
});

test("a long answer full of aliases is read at once", () => {
  const answers = Array.from({ length: 2_000 }, (_, at) => ({
    type: "CNAME" as const,
    name: at === 0 ? question.name : `${at}.x`,
    ttl: 1,
    data: `${at + 1}.x`,
  }));
  const packet = encode({
    type: "response",
    id,
    questions: [{ ...question, class: "IN" }],
    answers,
  });
  const begun = performance.now();
  const answer = read(packet);
  assert.ok(performance.now() - begun < 2_000);
  assert.ok(answer?.kind === "no-records");
  assert.equal(answer.canonical, "12.x");
});
