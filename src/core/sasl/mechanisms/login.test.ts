import assert from "node:assert/strict";
import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { login } from "./login.ts";

const ann = storeWith({ user: "ann", password: "secret" });
const context = contextWith();

test("name and password are asked for, the name may have come already", () => {
  const asked = converse(login.start(context, undefined), ann, "ann", "secret");
  isSuccess(asked, "account of ann");
  assert.deepEqual(asked.challenges, ["Username:", "Password:"]);
  const named = converse(login.start(context, octets("ann")), ann, "secret");
  isSuccess(named, "account of ann");
  assert.deepEqual(named.challenges, ["Password:"]);
});

test("a wrong password and an unknown user come to the same", () => {
  const wrong = converse(login.start(context, octets("ann")), ann, "wrong");
  const unknown = converse(login.start(context, octets("bob")), ann, "secret");
  isFailure(wrong, "rejected", "wrong credentials");
  isFailure(unknown, "rejected", "wrong credentials");
});

for (const [name, password] of [
  ["", "secret"],
  ["ann", ""],
  ["a\0nn", "secret"],
  ["ann", "sec\0ret"],
] as const) {
  test(`${JSON.stringify([name, password])} is malformed`, () => {
    isFailure(converse(login.start(context, octets(name)), ann, password), "malformed");
  });
}
