import assert from "node:assert/strict";
import { test } from "node:test";
import { oauth } from "./oauth.ts";

const good = { issuer: "https://login.example.org/realms/mail", audience: ["mail.example.org"] };

test("an issuer and an audience are enough", () => {
  assert.deepEqual(oauth.parse(good), { ...good, "account-claim": "email" });
  const whole = { ...good, "jwks-uri": "https://login.example.org/k?v=1", "account-claim": "upn" };
  assert.deepEqual(oauth.parse(whole), whole);
});

test("what is wrong says so at its key", () => {
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [{ audience: undefined }, "audience", /^missing; write a list/],
    [{ audience: [] }, "audience", /^the list is empty; write a name/],
    [{ audience: [""] }, "audience.0", /does not fit/],
    [{ audience: "mail.example.org" }, "audience", /write a list/],
    [{ issuer: "http://login.example.org" }, "issuer", /write https/],
    [{ "jwks-uri": "http://login.example.org/" }, "jwks-uri", /write https/],
    [{ "account-claim": "" }, "account-claim", /the name of a claim/],
  ];
  for (const [changed, key, why] of cases) {
    const issue = oauth.safeParse({ ...good, ...changed }).error?.issues[0];
    assert.equal(issue?.path.join("."), key);
    assert.match(issue?.message ?? "", why);
  }
});
