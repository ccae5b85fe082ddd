import assert from "node:assert/strict";
import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { xoauth2 } from "./xoauth2.ts";

const token = "ya29.vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg";
const user = "user@example.com";
const store = storeWith({ user, password: "none", token });
const context = contextWith({ oauth: { scope: "example_scope" } });
const start = (message: string) => xoauth2.start(context, octets(message));
const auth = `auth=Bearer ${token}\u0001\u0001`;

test("a good token", () => {
  isSuccess(converse(start(`user=${user}\u0001${auth}`), store), `account of ${user}`);
});

test("a refusal is told first, and an empty response ends it", () => {
  const outcome = converse(start(`user=bob\u0001${auth}`), store, "");
  isFailure(outcome, "rejected", "wrong credentials");
  assert.deepEqual(outcome.challenges, [
    '{"status":"400","schemes":"bearer","scope":"example_scope"}',
  ]);
});

for (const message of [
  "",
  `user=\u0001${auth}`,
  `user=${user}\u0001auth=Basic ${token}\u0001\u0001`,
  `user=${user}\u0001auth=Bearer \u0001\u0001`,
  `user=${user}\u0001auth=Bearer ${token}\u0001`,
  `user=${user}\0\u0001${auth}`,
  `\u0001user=${user}\u0001${auth}`,
]) {
  test(`${JSON.stringify(message)} is malformed`, () => {
    isFailure(converse(start(message), store), "malformed");
  });
}
