import assert from "node:assert/strict";
import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { oauthBearer } from "./oauthbearer.ts";

const token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
const user = "user@example.com";
const store = storeWith({ user, password: "none", token });
const oauth = {
  scope: "example_scope",
  openIdConfiguration: "https://example.com/.well-known/openid-configuration",
};
const context = contextWith({ oauth });
const pairs = `\u0001host=server.example.com\u0001port=143\u0001auth=Bearer ${token}\u0001\u0001`;
const refused =
  '{"status":"invalid_token","scope":"example_scope",' +
  '"openid-configuration":"https://example.com/.well-known/openid-configuration"}';

const start = (message: string) => oauthBearer.start(context, octets(message));

test("RFC 7628 §4.1: a good token", () => {
  const message = `n,a=${user},${pairs}`;
  isSuccess(converse(start(message), store), `account of ${user}`);
  const asked = converse(oauthBearer.start(context, undefined), store, message);
  isSuccess(asked, `account of ${user}`);
});

test("RFC 7628 §4.3: a refusal says where tokens come from, and waits for the client", () => {
  const message = `n,a=${user},\u0001auth=Bearer another\u0001\u0001`;
  const outcome = converse(start(message), store, "\u0001");
  isFailure(outcome, "rejected", "wrong credentials");
  assert.deepEqual(outcome.challenges, [refused]);
  assert.equal(outcome.kind === "failure" && outcome.user, user);
});

test("RFC 7628 §4.3: an empty token is a way to ask", () => {
  for (const auth of ["auth=", "host=x"]) {
    const outcome = converse(start(`n,,\u0001${auth}\u0001\u0001`), store, "\u0001");
    isFailure(outcome, "rejected", "no bearer token");
    assert.deepEqual(outcome.challenges, [refused]);
  }
});

test("whoever has failed has failed, whatever is said then", () => {
  const message = `n,a=${user},\u0001auth=Bearer another\u0001\u0001`;
  isFailure(converse(start(message), store, `n,a=${user},${pairs}`), "rejected");
  const check = start(message);
  assert.ok(check.kind === "check");
  const round = check.answered({ kind: "rejected" });
  assert.ok(round.kind === "challenge");
  isFailure(round.ifCancelled, "rejected");
});

test("without a name the token says whose it is", () => {
  isSuccess(converse(start(`n,,${pairs}`), store), `account of ${user}`);
  isSuccess(converse(start(`y,,${pairs}`), store), `account of ${user}`);
});

test("a token of another user is refused", () => {
  isFailure(converse(start(`n,a=bob,${pairs}`), store, "\u0001"), "rejected");
  isFailure(converse(start(`n,a=\u0007,${pairs}`), store), "rejected");
});

test("a store that does not answer is no refusal", () => {
  isFailure(
    converse(start(`n,,${pairs}`), () => ({ kind: "unavailable" })),
    "unavailable",
  );
});

for (const message of [
  "",
  "n,a=user@example.com,",
  "n,,\u0001\u0001",
  `n,,\u0001auth=Bearer ${token}\u0001`,
  `n,,auth=Bearer ${token}\u0001\u0001`,
  `n,,\u0001auth=Bearer ${token}\u0001auth=Bearer ${token}\u0001\u0001`,
  `n,,\u0001auth\u0001\u0001`,
  `n,,\u0001auth=Bearer \0\u0001\u0001`,
  `n,,\u0001auth=Bearer \u00fc\u0001\u0001`,
  `p=tls-exporter,,${pairs}`,
  `n,a=us=er,${pairs}`,
  `n,a=,${pairs}`,
  `F,n,,${pairs}`,
]) {
  test(`${JSON.stringify(message)} is malformed`, () => {
    isFailure(converse(start(message), store), "malformed");
  });
}
