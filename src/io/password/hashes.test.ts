import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand, whyMissing } from "../../../test/support/command.ts";
import { hashPassword } from "../process/password-hash.ts";
import { createPasswordHashes, type PasswordHashes } from "./hashes.ts";

const patient = { atOnce: 2, waiting: 100, patience: 60_000 };

function hashesFor(t: TestContext, options = patient): PasswordHashes {
  const hashes = createPasswordHashes(options);
  t.after(() => hashes.close());
  return hashes;
}

/** Crypt, and digests with and without a salt, in base64 and in hexadecimal digits. */
const perl = `
  use Digest::MD5; use Digest::SHA; use MIME::Base64;
  print crypt("secret", $_), "\\n" for @ARGV;
  my %kinds = (
    MD5 => sub { Digest::MD5::md5(@_) }, SHA => sub { Digest::SHA::sha1(@_) },
    SHA256 => sub { Digest::SHA::sha256(@_) }, SHA512 => sub { Digest::SHA::sha512(@_) },
  );
  for (sort keys %kinds) {
    my ($plain, $salted) = ($kinds{$_}->("secret"), $kinds{$_}->("secretNaCl") . "NaCl");
    print "{$_}", encode_base64($plain, ""), "\\n{$_}", unpack("H*", $plain), "\\n";
    print "{S$_}", encode_base64($salted, ""), "\\n{s\\L$_}", unpack("H*", $salted), "\\n";
  }`;

/** "secret", by Perl and by ourselves: by the kind that each is read as. */
async function storedSecrets(): Promise<Readonly<Record<string, readonly string[]>>> {
  const settings = ["ab", "$1$salt", "$5$rounds=1000$salt", "$6$salt"];
  const { stdout, stderr } = await runCommand("perl", ["-e", perl, ...settings]);
  const [des = "", md5 = "", sha256 = "", sha512 = "", ...digests] = stdout.trim().split("\n");
  assert.equal(digests.length, 16, stderr);
  const argon2id = await hashPassword("secret");
  return {
    "des-crypt": [des, `{CRYPT}${des}`, `{DES-CRYPT}${des}`],
    "md5-crypt": [md5, `{MD5-CRYPT}${md5}`, `{MD5}${md5}`, `{CRYPT}${md5}`],
    "sha256-crypt": [sha256, `{SHA256-CRYPT}${sha256}`],
    "sha512-crypt": [sha512, `{SHA512-CRYPT}${sha512}`],
    digest: digests,
    clear: ["{PLAIN}secret", "{CLEARTEXT}secret"],
    argon2id: [argon2id, `{ARGON2ID}${argon2id}`],
  };
}

const skip = await whyMissing("perl");

suite("a password is checked against every kind of hash", { skip }, async () => {
  const stored = skip === false ? await storedSecrets() : {};
  const wrong = ["", "Secret", "secret ", "secre", "secrets!", "s".repeat(20_000), "sécret"];
  for (const [kind, texts] of Object.entries(stored)) {
    test(kind, async (t) => {
      const hashes = hashesFor(t);
      for (const text of texts) {
        assert.deepEqual(await hashes.verify("secret", text), { result: "matches", kind }, text);
        for (const password of wrong) {
          const verdict = await hashes.verify(password, text);
          assert.deepEqual(verdict, { result: "differs" }, `${text} ${password.slice(0, 9)}`);
        }
      }
    });
  }
});

test("one NFC form of a password is as good as another for our own hashes", async (t) => {
  const stored = await hashPassword("pa\u0308ss");
  assert.equal((await hashesFor(t).verify("p\u00e4ss", stored)).result, "matches");
});

test("what is unusable says why, and takes a hash's time", async (t) => {
  const hashes = hashesFor(t);
  const dear = `$6$rounds=999999999$salt$${"a".repeat(86)}`;
  const verdict = await hashes.verify("secret", dear);
  assert.ok(verdict.result === "unusable");
  assert.match(verdict.why, /999999999 rounds/);
});

test("the program goes on while a dear hash is computed", async (t) => {
  const hashes = hashesFor(t);
  let turns = 0;
  const ticking = setInterval(() => turns++, 5);
  const dear = `$6$rounds=200000$salt$${"a".repeat(86)}`;
  assert.deepEqual(await hashes.verify("secret", dear), { result: "differs" });
  clearInterval(ticking);
  assert.ok(turns > 10, `${turns} turns`);
});

test("so many are checked at once; more are told that it is too much", async (t) => {
  const hashes = hashesFor(t, { atOnce: 1, waiting: 2, patience: 60_000 });
  const stored = `$6$rounds=50000$salt$${"a".repeat(86)}`;
  const all = await Promise.all(Array.from({ length: 20 }, () => hashes.verify("x", stored)));
  assert.equal(all.filter(({ result }) => result === "differs").length, 3);
  const told = { result: "unavailable", why: "too many passwords are being checked" };
  const refused = all.filter(({ result }) => result === "unavailable");
  assert.equal(refused.length, 17);
  for (const verdict of refused) assert.deepEqual(verdict, told);
  assert.equal((await hashes.verify("x", "{PLAIN}x")).result, "matches");
});

test("a user who does not exist takes as long as a wrong password", async (t) => {
  const hashes = hashesFor(t);
  for (const rounds of [1000, 15_000]) {
    const stored = `$6$rounds=${rounds}$salt$${"a".repeat(86)}`;
    const [real, pretended]: [number[], number[]] = [[], []];
    await hashes.verify("warm", stored);
    for (let time = 0; time < 15; time++) {
      real.push(await elapsed(() => hashes.verify("wrong", stored)));
      pretended.push(await elapsed(() => hashes.pretend("wrong")));
    }
    const ratio = median(real) / median(pretended);
    assert.ok(ratio > 0.5 && ratio < 2, `${rounds} rounds: ${ratio}`);
  }
});

async function elapsed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

test("a thread that is gone has found nothing out, and another takes its place", async (t) => {
  const hashes = hashesFor(t);
  const checking = hashes.verify("x", `$6$rounds=900000$salt$${"a".repeat(86)}`);
  await delay(50);
  await hashes.close();
  const why = "the thread that hashes passwords ended";
  assert.deepEqual(await checking, { result: "unavailable", why });
  const verdict = await hashes.verify("secret", "$1$salt$ez2vlPGdaLYkJam5pWs/Y1");
  assert.deepEqual(verdict, { result: "matches", kind: "md5-crypt" });
});
