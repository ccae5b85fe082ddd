// Our crypt(3) against the system's, which Perl calls.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { runCommand, whyMissing } from "../../../../test/support/command.ts";
import { alphabet } from "./alphabet.ts";
import { crypt, longestPassword, readCryptHash } from "./crypt.ts";

/** Reads `password setting` in hexadecimal, a pair a line, and writes what crypt(3) makes of it. */
const perl = `
  while (<STDIN>) {
    chomp;
    my ($password, $setting) = map { pack("H*", $_) } split(/ /, $_, -1);
    my $result = crypt($password, $setting);
    print defined $result ? $result : "*", "\n";
  }`;

interface Pair {
  readonly password: Buffer;
  readonly setting: string;
}

async function systemCrypt(pairs: readonly Pair[]): Promise<readonly string[]> {
  const input = pairs.map(({ password, setting }) => {
    return `${password.toString("hex")} ${Buffer.from(setting, "latin1").toString("hex")}\n`;
  });
  const { code, stdout, stderr } = await runCommand("perl", ["-e", perl], input.join(""));
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split("\n");
}

/** A run can be repeated: its numbers come from one seed (xorshift32). */
function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const seed = Number(process.env["CRYPT_SEED"] ?? (Date.now() % 1_000_000) + 1);
const times = Number(process.env["CRYPT_TIMES"] ?? 1);
const random = randomSource(seed);

/** Any octet but NUL, at which C's strings end. */
function randomPassword(): Buffer {
  const lengths = [
    random(4),
    random(20),
    55 + random(20),
    random(140),
    random(longestPassword + 1),
  ];
  const length = lengths[random(lengths.length)]!;
  return Buffer.from(Array.from({ length }, () => 1 + random(255)));
}

function randomSalt(longest: number, shortest = 0): string {
  const length = shortest + random(longest + 1 - shortest);
  return Array.from({ length }, () => alphabet[random(64)]).join("");
}

function randomRounds(): string {
  return random(50) === 0 ? "" : `rounds=${1000 + random(100)}$`;
}

const settings: Readonly<Record<string, () => string>> = {
  DES: () => randomSalt(2, 2),
  MD5: () => `$1$${randomSalt(8)}`,
  "SHA-256": () => `$5$${randomRounds()}${randomSalt(16)}`,
  "SHA-512": () => `$6$${randomRounds()}${randomSalt(16)}`,
};

suite(`crypt(3) as the system has it (seed ${seed})`, { skip: await whyMissing("perl") }, () => {
  for (const [name, setting] of Object.entries(settings)) {
    test(`${name}, random`, async () => {
      const pairs = Array.from({ length: 600 * times }, () => ({
        password: randomPassword(),
        setting: setting(),
      }));
      const written = await systemCrypt(pairs);
      assert.equal(written.length, pairs.length);
      for (const [index, { password, setting: asked }] of pairs.entries()) {
        const hash = readCryptHash(written[index]!);
        assert.ok(hash, `${asked} gave ${written[index]}`);
        assert.equal(crypt(password, hash), hash.result, `${password.toString("hex")} ${asked}`);
      }
    });
  }

  test("every length of password", async () => {
    const pairs = Array.from({ length: 130 }, (_, length) => [
      { password: Buffer.alloc(length, 0xe4), setting: "$1$salt" },
      { password: Buffer.alloc(length, 0xff), setting: "$5$rounds=1000$salt" },
      { password: Buffer.alloc(length, 0x61), setting: "$6$rounds=1000$salt" },
      { password: Buffer.alloc(length, 0x80), setting: "ab" },
    ]).flat();
    for (const [index, text] of (await systemCrypt(pairs)).entries()) {
      const hash = readCryptHash(text);
      assert.ok(hash, text);
      assert.equal(crypt(pairs[index]!.password, hash), hash.result, text);
    }
  });

  test("more rounds than usual, and odd characters in a salt", async () => {
    const asked = ["$5$rounds=77777$long", "$6$rounds=100000$", "$6$a!#%&b", "$1$=+~{}|"];
    for (const setting of asked) {
      const password = Buffer.from("pässword");
      const [text = ""] = await systemCrypt([{ password, setting }]);
      const hash = readCryptHash(text);
      // libxcrypt refuses some characters; what it writes must be read.
      if (text.startsWith("*")) assert.equal(hash, undefined);
      else assert.equal(hash && crypt(password, hash), hash?.result, text);
    }
  });

  test("rounds beyond the format's bounds are no hash for either", async () => {
    const rounds = ["0", "1", "999", "01000", "1000000000", "-5", "1e4", "", " 1000", "5000x"];
    for (const count of rounds) {
      for (const [kind, length] of [
        [5, 43],
        [6, 86],
      ] as const) {
        const setting = `$${kind}$rounds=${count}$salt`;
        assert.equal(readCryptHash(`${setting}$${"a".repeat(length)}`), undefined, setting);
        const [text = ""] = await systemCrypt([{ password: Buffer.from("x"), setting }]);
        assert.equal(readCryptHash(text), undefined, `${setting} gave ${text}`);
      }
    }
  });
});

test("what only resembles a hash is none", () => {
  const whole = `$6$salt$${"a".repeat(86)}`;
  assert.ok(readCryptHash(whole));
  const others = [
    "",
    "*",
    "!",
    "x",
    "*0",
    "*1",
    "secret",
    "abcdefghijkl",
    "abcdefghijklmn",
    "ab!defghijklm",
    `${whole}\n`,
    ` ${whole}`,
    `${whole}$`,
    whole.slice(0, -1),
    `${whole}a`,
    `!${whole}`,
    `$6$${"s".repeat(17)}$${"a".repeat(86)}`,
    `$5$salt$${"a".repeat(86)}`,
    `$6$salt$${"a".repeat(43)}`,
    `$6$sa:lt$${"a".repeat(86)}`,
    `$6$sa lt$${"a".repeat(86)}`,
    `$7$salt$${"a".repeat(86)}`,
    `$1$salt$${"a".repeat(21)}`,
    `$1$123456789$${"a".repeat(22)}`,
    `$1$salt${"a".repeat(22)}`,
    "_J9..rasmBYk8r9AiWNc",
    `$2y$05$${"a".repeat(53)}`,
    `$6$rounds=5000salt$${"a".repeat(86)}`,
  ];
  for (const text of others) assert.equal(readCryptHash(text), undefined, text);
});
