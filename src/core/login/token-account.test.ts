import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatAddress } from "../mail/address.ts";
import { tokenAccount, type TokenRequest } from "./token-account.ts";

function accountOf(request: Partial<TokenRequest>): string {
  const account = tokenAccount({ claims: {}, accountClaim: "email", user: undefined, ...request });
  return account.ok ? formatAddress(account.value) : account.problem;
}

const email = "Ann@Example.org";

describe("the account of a token", () => {
  test("is what the claim says, whether the client names it or not", () => {
    for (const user of [undefined, email, "ann@example.org"]) {
      assert.equal(accountOf({ claims: { email }, user }), "Ann@example.org");
    }
  });

  test("is nobody's where the client names another", () => {
    for (const user of ["bob@example.org", "ann", "ann@example.org.evil.example", "", "@"]) {
      assert.equal(accountOf({ claims: { email }, user }), "the token is another user's");
    }
  });

  test("comes from the configured claim alone", () => {
    const claims = { email, upn: "bob@example.org" };
    assert.equal(accountOf({ claims, accountClaim: "upn" }), "bob@example.org");
    assert.match(accountOf({ claims, accountClaim: "preferred_username" }), /is no address/);
  });

  test("is nobody's where the claim is no address", () => {
    for (const odd of [null, 7, true, "", "ann", [email], { email }, `${email}\0`, `${email} `]) {
      assert.match(accountOf({ claims: { email: odd } }), /"email" is no address/);
    }
    for (const accountClaim of ["constructor", "__proto__", "toString"]) {
      assert.match(accountOf({ claims: { email }, accountClaim }), /is no address/);
    }
  });

  test("is nobody's where the issuer says that it has not verified the address", () => {
    for (const verified of [true, "true"]) {
      const claims = { email, email_verified: verified };
      assert.equal(accountOf({ claims }), "Ann@example.org");
    }
    for (const verified of [false, "false", null, 1, "TRUE", {}]) {
      const claims = { email, email_verified: verified };
      assert.match(accountOf({ claims }), /has not verified/);
    }
    const claims = { upn: email, email_verified: false };
    assert.equal(accountOf({ claims, accountClaim: "upn" }), "Ann@example.org");
  });

  test("is nobody's where the token needs a key that was not shown", () => {
    assert.match(accountOf({ claims: { email, cnf: { jkt: "x" } } }), /bound to a key/);
  });
});
