import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { runCommand, whyMissing } from "../../../test/support/command.ts";
import { hashPassword } from "../process/password-hash.ts";
import { createPasswordHashes, type PasswordHashes } from "./hashes.ts";

const patient = { atOnce: 2, waiting: 100, patience: 60_000 };

function hashesFor(t: TestContext, options = patient): PasswordHashes {
  const hashes = createPasswordHashes(options);
  t.after(() => hashes.close());
  return hashes;
}

/** "secret", by Perl's crypt, Python's hashlib and ourselves: by the kind that each is read as. */
async function storedSecrets(): Promise<Readonly<Record<string, readonly string[]>>> {
  const settings = ["ab", "$1$salt", "$5$rounds=1000$salt", "$6$salt"];
  const perl = 'print crypt("secret", $_), "\\n" for @ARGV';
  const { stdout } = await runCommand("perl", ["-e", perl, ...settings]);
  const [des = "", md5 = "", sha256 = "", sha512 = ""] = stdout.split("\n");
  const python = `
import base64, hashlib
p, s = b"secret", b"NaCl" 
b = lambda o: base64.b64encode(o).decode()
for name, kind in (("MD5", "md5"), ("SHA", "sha1"), ("SHA256", "sha256"), ("SHA512", "sha512")):
    h = lambda o: hashlib.new(kind, o)
    print("{" + name + "}" + b(h(p).digest()))
    print("{" + name + "}" + h(p).hexdigest())
    print("{S" + name + "}" + b(h(p + s).digest() + s))
    print("{s" + name.lower() + "}" + h(p + s).hexdigest() + s.hex())
`;
  const digests = (await runCommand("python3", ["-c", python])).stdout.trim().split("\n");
  assert.equal(digests.length, 16);
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

const skip = (await whyMissing("perl")) || (await whyMissing("python3"));

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

test("when the threads are gone, nothing is found out, and nothing is let in", async (t) => {
  const hashes = hashesFor(t);
  const stored = `$6$rounds=900000$salt$${"a".repeat(86)}`;
  const checking = hashes.verify("x", stored);
  await elapsed(() => new Promise((resolve) => setTimeout(resolve, 50)));
  await hashes.close();
  assert.deepEqual(await checking, {
    result: "unavailable",
    why: "the thread that hashes passwords ended",
  });
  assert.deepEqual(await hashes.verify("x", "$1$salt$d8f7Na.AvpW3UeMh6B4Fk0"), {
    result: "differs",
  });
});
