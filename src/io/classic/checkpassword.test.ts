import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { waitUntil } from "../../../test/support/wait.ts";
import { type Checkpassword, createCheckpassword } from "./checkpassword.ts";

/** Reads descriptor 3 as checkpassword does, keeps it and the environment beside itself for the test to
 * see, and then does what the password says: as vchkpw does, it runs its arguments if that is good. */
const checker = `#!/usr/bin/perl
open(my $in, "<&=", 3) or exit 2;
my $all = do { local $/; <$in> };
exit 2 unless $all =~ /^[^\\0]+\\0[^\\0]*\\0[^\\0]*\\0$/s;
my ($login, $password) = split /\\0/, $all;
open(my $seen, ">>", "$0.seen");
print $seen join(" ", unpack("H*", $all), $$, map { "$_=$ENV{$_}" } sort keys %ENV), "\\n";
close($seen);
if ($password =~ /^exit-(\\d+)$/) { exit $1 }
if ($password eq "crash") { kill "SEGV", $$; sleep 60 }
if ($password eq "hang") { $SIG{TERM} = "IGNORE"; system("sleep", "60"); sleep 60 }
if ($password eq "flood") { while (1) { print "x" x 65536; print STDERR "y" x 65536 } }
if ($password eq "slow") { select(undef, undef, undef, 0.3) }
elsif ($password ne "secret" && length($password) < 400) { exit 1 }
exec { $ARGV[0] } @ARGV or exit 111;
`;

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-checkpassword-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

interface Checker extends Checkpassword {
  /** What the program has seen: the octets, and the environment. */
  seen(): Promise<
    readonly { readonly octets: Buffer; readonly process: number; readonly environment: string }[]
  >;
}

async function startChecker(
  t: TestContext,
  options: { timeout?: number; atOnce?: number; args?: readonly string[]; text?: string } = {},
): Promise<Checker> {
  const { timeout = 10_000, atOnce = 3, args = ["/usr/bin/true"], text = checker } = options;
  const path = join(await scratch(t), "checker");
  await writeFile(path, text);
  await chmod(path, 0o755);
  const program = [path, ...args] as const;
  return {
    ...createCheckpassword({ program, timeout, atOnce, random: randomUUID }),
    async seen() {
      const lines = (await readFile(`${path}.seen`, "utf8")).trimEnd().split("\n");
      return lines.map((line) => {
        const [octets = "", id, ...environment] = line.split(" ");
        return {
          octets: Buffer.from(octets, "hex"),
          process: Number(id),
          environment: environment.join(" "),
        };
      });
    },
  };
}

const alice = { login: "Alice@Example.org", password: "secret", service: "smtp" } as const;

test("a good login is told as the account of its address", async (t) => {
  const source = await startChecker(t);
  const outcome = await source.verify(alice);
  assert.ok(outcome.result === "good");
  assert.equal(outcome.account.name, "alice@example.org");
  assert.deepEqual(outcome.account.addresses, [{ local: "Alice", domain: "example.org" }]);
  const other = await source.verify({ ...alice, login: "alice" });
  assert.ok(other.result === "good");
  assert.deepEqual([other.account.name, other.account.addresses], ["alice", []]);
});

test("the program sees three texts on descriptor 3, the port of the service, and nothing of ours", async (t) => {
  const source = await startChecker(t);
  process.env["BAILIWICK_TEST_SECRET"] = "1";
  t.after(() => delete process.env["BAILIWICK_TEST_SECRET"]);
  await source.verify({ ...alice, password: "pa$(id) 'ß" });
  await source.verify({ ...alice, service: "pop3" });
  const [probe, first, second] = await source.seen();
  assert.match(probe!.octets.toString(), /^[0-9a-f-]{36}@probe\.invalid\0[0-9a-f-]{36}\0\0$/);
  assert.equal(first!.octets.toString(), "Alice@Example.org\0pa$(id) 'ß\0\0");
  assert.equal(first!.environment, "PATH=/usr/bin:/bin PROTO=TCP TCPLOCALPORT=587");
  assert.equal(second!.environment, "PATH=/usr/bin:/bin PROTO=TCP TCPLOCALPORT=110");
});

suite("how it ends is what it says", () => {
  const endings = {
    "exit-1": ["unknown", /refused it \(exit 1\)/],
    wrong: ["unknown", /refused it/],
    "exit-3": ["unknown", /exit 3/],
    "exit-20": ["unknown", /exit 20/],
    "exit-2": ["temporary", /used wrongly \(exit 2\)/, "misconfigured"],
    "exit-111": ["temporary", /exit 111/, "unavailable"],
    "exit-4": ["temporary", /exit 4/, "unavailable"],
    "exit-255": ["temporary", /exit 255/, "unavailable"],
    crash: ["temporary", /ended by SIGSEGV/, "unavailable"],
  } as const;
  for (const [password, [result, why, fault]] of Object.entries(endings)) {
    test(password, async (t) => {
      const source = await startChecker(t);
      const outcome = await source.verify({ ...alice, password });
      assert.ok(outcome.result === result, JSON.stringify(outcome));
      assert.ok("why" in outcome);
      assert.match(outcome.why, why);
      if (outcome.result === "temporary") assert.equal(outcome.fault, fault);
    });
  }

  test("what it runs in the end counts too", async (t) => {
    const refusing = await startChecker(t, { args: ["/usr/bin/false"] });
    assert.equal((await refusing.verify(alice)).result, "unknown");
    const missing = await startChecker(t, { args: ["/nonexistent"] });
    assert.equal((await missing.verify(alice)).result, "temporary");
  });
});

suite("a program that does not end", () => {
  for (const password of ["hang", "flood"]) {
    test(`is killed with all that it started: ${password}`, async (t) => {
      const source = await startChecker(t, { timeout: 700 });
      const outcome = await source.verify({ ...alice, password });
      assert.ok(outcome.result === "temporary");
      assert.match(outcome.why, /took too long and was stopped/);
      const group = (await source.seen()).at(-1)!.process;
      await waitUntil("the group is empty", async () => (await livingIn(group)) === 0);
      assert.equal((await source.verify(alice)).result, "good");
    });
  }
});

/** Processes of a group that have not ended. */
async function livingIn(group: number): Promise<number> {
  const ids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const living = ids.map(async (id) => {
    const stat = await readFile(`/proc/${id}/stat`, "latin1").catch(() => "");
    const [state, , ofGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state !== "Z" && ofGroup === String(group);
  });
  return (await Promise.all(living)).filter(Boolean).length;
}

test("so many run at once; a few wait, the rest is told to come back", async (t) => {
  const source = await startChecker(t, { atOnce: 2 });
  await source.verify(alice);
  const asked = Array.from({ length: 10 }, () => source.verify({ ...alice, password: "slow" }));
  const outcomes = await Promise.all(asked);
  assert.equal(outcomes.filter(({ result }) => result === "good").length, 4);
  const busy = outcomes.filter(
    (outcome) => outcome.result === "temporary" && outcome.fault === "busy",
  );
  assert.equal(busy.length, 6);
});

test("512 octets are handed over, 513 are refused unseen", async (t) => {
  const source = await startChecker(t);
  const fitting = "p".repeat(512 - alice.login.length - 3);
  assert.equal((await source.verify({ ...alice, password: fitting })).result, "good");
  assert.equal((await source.seen()).at(-1)!.octets.length, 512);
  const before = (await source.seen()).length;
  const outcome = await source.verify({ ...alice, password: `${fitting}p` });
  assert.ok(outcome.result === "unknown");
  assert.match(outcome.why, /takes 512 octets, and these are 513/);
  // Octets count, not characters.
  const wide = await source.verify({ ...alice, password: `${fitting.slice(1)}é` });
  assert.equal(wide.result, "unknown");
  assert.equal((await source.seen()).length, before);
});

test("a NUL cannot move the border between login and password", async (t) => {
  const source = await startChecker(t);
  for (const [login, password] of [
    ["alice@example.org\0secret", ""],
    ["alice", "secret\0x"],
  ] as const) {
    assert.equal((await source.verify({ login, password, service: "smtp" })).result, "unknown");
  }
});

suite("a program that lets everyone in is never believed", () => {
  for (const path of ["/bin/true", "/usr/bin/true"]) {
    test(path, async () => {
      const program = [path, "/usr/bin/true"] as const;
      const options = { program, timeout: 5000, atOnce: 2, random: randomUUID };
      const source = createCheckpassword(options);
      const problem = await source.probe();
      assert.equal(problem?.fault, "misconfigured");
      assert.match(problem.why, /let a user in that does not exist, with a random password/);
      const outcome = await source.verify(alice);
      assert.ok(outcome.result === "temporary" && outcome.fault === "misconfigured");
    });
  }

  test("nor one that could not be asked at start, and lets everyone in later", async (t) => {
    const folder = await scratch(t);
    const flag = join(folder, "open");
    const text = `#!/bin/sh\n[ -e ${flag} ] && exit 0\nexit 111\n`;
    const source = await startChecker(t, { text });
    assert.equal((await source.probe())?.fault, "unavailable");
    assert.equal((await source.verify(alice)).result, "temporary");
    await writeFile(flag, "");
    const outcome = await source.verify(alice);
    assert.ok(outcome.result === "temporary" && outcome.fault === "misconfigured");
  });

  test("one that passes is asked once", async (t) => {
    const source = await startChecker(t);
    assert.equal(await source.probe(), undefined);
    await Promise.all([source.verify(alice), source.verify(alice)]);
    assert.equal(await source.probe(), undefined);
    assert.equal((await source.seen()).length, 3);
  });
});

suite("a program that cannot be run is the operator's to mend", () => {
  const files = {
    "is not there": { text: undefined, mode: 0, why: /cannot be run: .*ENOENT/ },
    "may not be executed": { text: checker, mode: 0o644, why: /cannot be run: .*EACCES/ },
    // The system's way to start it takes what is no program for a shell's script, an empty one here.
    "is no program": { text: "\0\0\0", mode: 0o755, why: /it would let everyone in/ },
  } as const;
  for (const [name, { text, mode, why }] of Object.entries(files)) {
    test(name, async (t) => {
      const path = join(await scratch(t), "program");
      if (text !== undefined) {
        await writeFile(path, text);
        await chmod(path, mode);
      }
      const source = createCheckpassword({
        program: [path],
        timeout: 5000,
        atOnce: 2,
        random: randomUUID,
      });
      const problem = await source.probe();
      assert.equal(problem?.fault, "misconfigured", JSON.stringify(problem));
      assert.match(problem.why, why);
      assert.equal((await source.verify(alice)).result, "temporary");
    });
  }
});
