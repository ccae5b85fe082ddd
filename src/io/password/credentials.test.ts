import assert from "node:assert/strict";
import { test } from "node:test";
import { scramKeys } from "../../../test/support/sasl.ts";
import { appPasswordDigest, newAppPassword } from "./app-password.ts";
import { makeCredentials, scramCost } from "./credentials.ts";
import { formatScramKeys, readScramKeys } from "./scram-text.ts";

async function made(password: string) {
  const credentials = await makeCredentials(password);
  assert.ok(credentials.ok, password);
  const { scram, password: hash } = credentials.value;
  assert.ok(scram);
  return { ...scram, hash };
}

test("the keys that are kept are those of the password as SASLprep leaves it", async () => {
  const kept = await made("se\u00adcr\u2168et");
  for (const hash of ["sha256", "sha1"] as const) {
    const keys = readScramKeys(hash, kept[hash]);
    assert.ok(keys);
    assert.equal(keys.salt.length, scramCost.saltOctets);
    assert.equal(keys.iterations, scramCost.iterations);
    const expected = scramKeys(hash, "secrIXet", keys);
    assert.deepEqual(Buffer.from(keys.storedKey), expected.storedKey);
    assert.deepEqual(Buffer.from(keys.serverKey), expected.serverKey);
  }
  assert.match(kept.hash, /^\$argon2id\$v=19\$/);
});

test("two users with one password share nothing of what is kept", async () => {
  const [one, other] = [await made("secret"), await made("secret")];
  assert.notEqual(one.hash, other.hash);
  assert.notEqual(one.sha256, other.sha256);
  assert.notEqual(one.sha1, other.sha1);
});

test("a password that SASLprep refuses is refused", async () => {
  for (const password of ["", "tab\there", "\u0627x", "\ue000", "\ud800", "\u00ad"]) {
    const credentials = await makeCredentials(password);
    assert.ok(!credentials.ok, JSON.stringify(password));
    assert.match(credentials.problem, /choose another/);
  }
});

test("keys are text in the form of RFC 5803, and nothing else is read", () => {
  const salt = Buffer.from("0123456789abcdef");
  const keys = scramKeys("sha1", "x", { salt, iterations: 5 });
  const text = formatScramKeys("sha1", keys);
  assert.match(text, /^SCRAM-SHA-1\$5:MDEyMzQ1Njc4OWFiY2RlZg==\$[^:$]{28}:[^:$]{28}$/);
  assert.deepEqual(readScramKeys("sha1", text), { ...keys, salt });
  assert.equal(readScramKeys("sha256", text), undefined);
  const wrong = [text.slice(0, -4), `${text}\n`, text.replace("5:", "0:"), text.replace("$", "")];
  for (const each of ["", ...wrong]) assert.equal(readScramKeys("sha1", each), undefined, each);
});

test("an app password is new each time, and known again however it was typed", () => {
  const password = newAppPassword();
  assert.match(password, /^([a-hjkmnp-z]{6}-){3}[a-hjkmnp-z]{6}$/);
  assert.notEqual(newAppPassword(), password);
  const digest = appPasswordDigest(password);
  assert.match(digest ?? "", /^[0-9a-f]{64}$/);
  for (const typed of [password.toUpperCase(), password.replaceAll("-", ""), ` ${password}\n`]) {
    assert.equal(appPasswordDigest(typed), digest, typed);
  }
  assert.equal(appPasswordDigest(password.replaceAll("-", " ")), digest);
  for (const other of ["", "secret", `${password}x`, "1".repeat(24), "é".repeat(24)]) {
    assert.equal(appPasswordDigest(other), undefined, other);
  }
});
