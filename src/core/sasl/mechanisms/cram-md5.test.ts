import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { cramMd5 } from "./cram-md5.ts";

const password = "tanstaaftanstaaf";
const context = contextWith({
  nonce: "1896.697170952",
  hostname: "postoffice.reston.mci.net",
});
const store = storeWith({ user: "tim", password });
const start = () => cramMd5.start(context, undefined);

const answerAs = (user: string, secret: string) => (challenge: string) =>
  `${user} ${createHmac("md5", secret).update(challenge).digest("hex")}`;

test("RFC 2195 §2", () => {
  const outcome = converse(start(), store, "tim b913a602c7eda7a495b4e6e7334d3890");
  isSuccess(outcome, "account of tim");
  assert.deepEqual(outcome.challenges, ["<1896.697170952@postoffice.reston.mci.net>"]);
});

test("a name may hold spaces", () => {
  const spaced = storeWith({ user: "t i m", password });
  isSuccess(converse(start(), spaced, answerAs("t i m", password)), "account of t i m");
});

test("a wrong password and an unknown user are refused", () => {
  isFailure(converse(start(), store, answerAs("tim", "wrong")), "rejected", "wrong credentials");
  isFailure(converse(start(), store, answerAs("bob", password)), "rejected", "wrong credentials");
});

test("a user without a password is not let in with what is hashed in its place", () => {
  isFailure(converse(start(), store, answerAs("bob", "bob")), "rejected", "wrong credentials");
});

test("a store that does not answer is no refusal", () => {
  const outcome = converse(start(), () => ({ kind: "unavailable" }), answerAs("tim", password));
  isFailure(outcome, "unavailable");
});

for (const response of [
  "",
  "tim",
  "tim ",
  " b913a602c7eda7a495b4e6e7334d3890",
  "tim b913",
  "tim\0b913a602c7eda7a495b4e6e7334d3890",
  "tim B913A602C7EDA7A495B4E6E7334D3890",
]) {
  test(`${JSON.stringify(response)} is malformed`, () => {
    isFailure(converse(start(), store, response), "malformed");
  });
}

test("the client cannot speak first", () => {
  isFailure(converse(cramMd5.start(context, octets("tim b9")), store), "malformed");
});
