import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { readStoredPassword } from "./stored.ts";

const sha512 = `$6$salt$${"a".repeat(86)}`;

suite("what is stored of a password", () => {
  const kinds: Readonly<Record<string, string>> = {
    "$1$abc$GG.jb7EqbyCQUXKGIbIxc0": "md5-crypt",
    "{CRYPT}abl0JrMf6tlhw": "des-crypt",
    abl0JrMf6tlhw: "des-crypt",
    [`{SHA512-CRYPT}${sha512}`]: "sha512-crypt",
    [`{sha512-crypt}${sha512}`]: "sha512-crypt",
    [`{ANYTHING}${sha512}`]: "sha512-crypt",
    "{MD5}$1$abc$GG.jb7EqbyCQUXKGIbIxc0": "md5-crypt",
    "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==": "digest",
    "{PLAIN-MD5}5eb63bbbe01eeed093cb22bb8f5acdc3": "digest",
    "{SHA}Kq5sNclPz7QV2+lfQIuc6R7oRu0=": "digest",
    "{PLAIN}secret": "clear",
    "{plain}{SHA}x": "clear",
    [`{CLEARTEXT}${sha512}`]: "clear",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21l$cmVzdWx0cmVzdWx0": "argon2id",
  };
  for (const [text, kind] of Object.entries(kinds)) {
    test(text, () => assert.equal(readStoredPassword(text).kind, kind));
  }
});

suite("what nobody can log in with", () => {
  const texts: Readonly<Record<string, RegExp>> = {
    "": /there is none/,
    "*": /no hash known here/,
    "!": /no hash known here/,
    secret: /no hash known here/,
    "{PLAIN}": /it is empty/,
    "{}x": /no hash/,
    "{SHA}": /\{SHA\} that is not understood/,
    "{SHA}Kq5sNclPz7QV2+lfQIuc6R7oRu0": /./,
    "{SHA}Kq5sNclPz7QV2+lfQIuc6R7oRu0AAAA=": /not understood/,
    "{SSHA}AAAA": /not understood/,
    "{BLF-CRYPT}$2y$05$abc": /\{BLF-CRYPT\}/,
    $2y$05$abc: /bcrypt/,
    "{CRYPT}*": /not understood/,
    [`$6$rounds=999999999$salt$${"a".repeat(86)}`]: /999999999 rounds, and at most 1000000/,
    [`{CRYPT}$5$rounds=1000001$salt$${"a".repeat(43)}`]: /at most 1000000/,
    "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21l$cmVzdWx0cmVzdWx0": /4194304 KiB/,
    "$argon2id$v=19$m=65536,t=1000,p=1$c29tZXNhbHRzb21l$cmVzdWx0cmVzdWx0": /1000 passes/,
    "$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHRzb21l$cmVzdWx0cmVzdWx0": /no hash/,
    "$argon2d$v=19$m=65536,t=1,p=1$c29tZXNhbHRzb21l$cmVzdWx0cmVzdWx0": /no hash/,
  };
  for (const [text, why] of Object.entries(texts)) {
    test(text.slice(0, 60), () => {
      const stored = readStoredPassword(text);
      if (text === "{SHA}Kq5sNclPz7QV2+lfQIuc6R7oRu0") return assert.equal(stored.kind, "digest");
      assert.ok(stored.kind === "unusable", stored.kind);
      assert.match(stored.why, why);
    });
  }
});

test("no text without {PLAIN} is ever a password in clear", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(!/^\{(plain|clear|cleartext)\}/i.test(text));
      assert.notEqual(readStoredPassword(text).kind, "clear");
    }),
  );
});
