import assert from "node:assert/strict";
import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import type { CredentialQuestion } from "../credentials.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { plain } from "./plain.ts";

const tim = storeWith({ user: "tim", password: "tanstaaftanstaaf" });
const start = (message: string, mayActAs = false) =>
  plain.start(contextWith({ mayActAs }), octets(message));

test("RFC 4616 §4, first example", () => {
  const message = "\0tim\0tanstaaftanstaaf";
  const asked = converse(plain.start(contextWith(), undefined), tim, message);
  isSuccess(asked, "account of tim");
  assert.deepEqual(asked.challenges, [""]);
  isSuccess(converse(start(message), tim), "account of tim");
});

test("RFC 4616 §4, second example: another's authorization is refused, right password or not", () => {
  const kurt = storeWith({ user: "Kurt", password: "xipj3plmq" });
  const why = "nobody may act as another here";
  isFailure(converse(start("Ursel\0Kurt\0xipj3plmq"), kurt), "rejected", why);
  isFailure(converse(start("Ursel\0Kurt\0wrong"), kurt), "rejected", why);
});

test("one's own name as authorization is no other", () => {
  isSuccess(converse(start("tim\0tim\0tanstaaftanstaaf"), tim), "account of tim");
  isSuccess(converse(start("\uff54im\0tim\0tanstaaftanstaaf"), tim), "account of tim");
});

test("where acting as another is allowed, the store is asked for it", () => {
  const asked: CredentialQuestion[] = [];
  const store = (question: CredentialQuestion) => {
    asked.push(question);
    return { kind: "account", account: "Ursel" } as const;
  };
  isSuccess(converse(start("Ursel\0Kurt\0xipj3plmq", true), store), "Ursel");
  isSuccess(converse(start("Kurt\0Kurt\0xipj3plmq", true), store), "Ursel");
  assert.deepEqual(
    asked.map((question) => question.kind === "password" && [question.user, question.actAs]),
    [
      ["Kurt", "Ursel"],
      ["Kurt", undefined],
    ],
  );
});

test("name and password are prepared; what was sent is kept for classic stores", () => {
  let asked: CredentialQuestion | undefined;
  const store = (question: CredentialQuestion) => {
    asked = question;
    return { kind: "rejected" } as const;
  };
  const outcome = converse(start("\0t\u00adim\0\u2168\u00a0x"), store);
  isFailure(outcome, "rejected", "wrong credentials");
  assert.equal(outcome.kind === "failure" && outcome.user, "tim");
  const password = { sent: "\u2168\u00a0x", prepared: "IX x" };
  assert.deepEqual(asked, { kind: "password", user: "tim", actAs: undefined, password });
});

test("a store that does not answer is no refusal", () => {
  isFailure(
    converse(start("\0tim\0x"), () => ({ kind: "unavailable" })),
    "unavailable",
  );
});

test("an answer to another question is no yes", () => {
  const answer = { kind: "clear-password", account: "tim", password: "x" } as const;
  isFailure(
    converse(start("\0tim\0x"), () => answer),
    "rejected",
  );
});

for (const message of [
  "",
  "tim",
  "\0tim",
  "tim\0secret",
  "\0tim\0a\0",
  "\0\0secret",
  "\0tim\0",
  "\0\0",
]) {
  test(`${JSON.stringify(message)} is malformed`, () => {
    isFailure(converse(start(message), tim), "malformed");
  });
}

test("octets that are not UTF-8 are malformed", () => {
  const message = Buffer.from("\0tim\0\xff", "latin1");
  isFailure(converse(plain.start(contextWith(), message), tim), "malformed", "not UTF-8");
});

test("a control character is in nobody's name or password", () => {
  isFailure(converse(start("\0ti\u0001m\0tanstaaftanstaaf"), tim), "rejected");
  isFailure(converse(start("\0tim\0\u0001"), tim), "rejected");
});
