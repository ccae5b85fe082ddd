import assert from "node:assert/strict";
import { test } from "node:test";
import { transmissionType } from "./transmission.ts";

const registered = "SMTP ESMTP ESMTPA ESMTPS ESMTPSA UTF8SMTP UTF8SMTPA UTF8SMTPS UTF8SMTPSA".split(
  " ",
);
const both = [false, true];

test("each name is one of IANA's, and each of them is somebody's", () => {
  const names = both.flatMap((extended) =>
    both.flatMap((smtputf8) =>
      both.flatMap((tls) =>
        both.map((loggedIn) => transmissionType({ extended, smtputf8, tls, loggedIn })),
      ),
    ),
  );
  assert.deepEqual(new Set(names), new Set(registered));
});

test("S is for TLS, A for a login", () => {
  const plain = { extended: true, smtputf8: false, tls: false, loggedIn: false };
  assert.equal(transmissionType({ ...plain, extended: false }), "SMTP");
  assert.equal(transmissionType(plain), "ESMTP");
  assert.equal(transmissionType({ ...plain, tls: true }), "ESMTPS");
  assert.equal(transmissionType({ ...plain, loggedIn: true }), "ESMTPA");
  assert.equal(
    transmissionType({ ...plain, extended: false, tls: true, loggedIn: true }),
    "ESMTPSA",
  );
  assert.equal(transmissionType({ ...plain, smtputf8: true, tls: true }), "UTF8SMTPS");
});
