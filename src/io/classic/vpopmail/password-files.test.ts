// vpopmail's files, with cdb files that Debian's tinycdb makes.

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { runCommand, whyMissing } from "../../../../test/support/command.ts";
import type { LoginSource } from "../../../core/login/source.ts";
import { createPasswordHashes } from "../../password/hashes.ts";
import { createVpopmailFiles } from "./password-files.ts";
import { createVpopmailSource } from "./source.ts";

const md5Secret = "$1$salt$ez2vlPGdaLYkJam5pWs/Y1";

async function domainsFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-vpopmail-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

function sourceOn(t: TestContext, domains: string): LoginSource {
  const hashes = createPasswordHashes({ atOnce: 2, waiting: 100, patience: 60_000 });
  t.after(() => hashes.close());
  return createVpopmailSource(createVpopmailFiles(domains), hashes);
}

/** Lines of vpasswd, `name:passwd:uid:gid:gecos:dir:quota[:clear]`. */
async function writeUsers(folder: string, lines: readonly string[], kind: "cdb" | "text") {
  await mkdir(folder, { recursive: true });
  if (kind === "text") return writeFile(join(folder, "vpasswd"), `${lines.join("\n")}\n`);
  const records = lines.map((entry) => {
    const [key, value] = [entry.slice(0, entry.indexOf(":")), entry.slice(entry.indexOf(":") + 1)];
    return `+${Buffer.byteLength(key)},${Buffer.byteLength(value)}:${key}->${value}\n`;
  });
  const path = join(folder, "vpasswd.cdb");
  const made = await runCommand("cdb", ["-c", path], `${records.join("")}\n`);
  assert.equal(made.code, 0, made.stderr);
}

function line(name: string, { password = md5Secret, flags = 0, clear = "" } = {}): string {
  const entry = `${name}:${password}:0:${flags}:${name}:/home/vpopmail/domains/x/${name}:NOQUOTA`;
  return clear === "" ? entry : `${entry}:${clear}`;
}

function login(source: LoginSource, name: string, password = "secret") {
  return source.verify({ login: name, password, service: "smtp" });
}

for (const kind of ["cdb", "text"] as const) {
  const skip = kind === "cdb" && (await whyMissing("cdb"));

  suite(`vpasswd as ${kind}`, { skip }, () => {
    test("logs users in, with flags and clear passwords", async (t) => {
      const root = await domainsFolder(t);
      await writeUsers(
        join(root, "example.org"),
        [
          line("alice", { clear: "pa:ss" }),
          line("blocked", { flags: 0x800 }),
          line("reader", { flags: 0x12 }),
          line("closed", { password: "" }),
          line("sha", { password: "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=" }),
        ],
        kind,
      );
      const source = sourceOn(t, root);
      const alice = await login(source, "Alice@example.org");
      assert.ok(alice.result === "good", JSON.stringify(alice));
      assert.equal(alice.account.name, "alice@example.org");
      assert.equal(alice.account.passwordKind, "md5-crypt");
      assert.equal((await login(source, "alice@example.org", "x")).result, "refused");
      assert.equal((await login(source, "blocked@example.org")).result, "refused");
      assert.equal((await login(source, "closed@example.org", "")).result, "refused");
      assert.equal((await login(source, "sha@example.org")).result, "good");
      const reader = await login(source, "reader@example.org");
      assert.ok(reader.result === "good");
      assert.ok(reader.account.flags.noPop && reader.account.flags.bounceMail);
      const clear = await source.clearPassword?.({ login: "alice@example.org", service: "pop3" });
      assert.ok(clear?.result === "good" && clear.password === "pa:ss");
    });

    test("knows nobody else, and no file outside of the folder", async (t) => {
      const root = await domainsFolder(t);
      await writeUsers(join(root, "inner", "example.org"), [line("alice")], kind);
      await writeUsers(root, [line("alice")], kind);
      await writeUsers(join(root, "inner", "0", "example.net"), [line("alice"), ""], kind);
      const source = sourceOn(t, join(root, "inner"));
      assert.equal((await login(source, "alice@example.org")).result, "good");
      assert.equal((await login(source, "alice@example.net")).result, "good");
      const others = [
        "alic@example.org",
        "alice2@example.org",
        "@example.org",
        ":@example.org",
        "alice:@example.org",
        "alice@..",
        "alice@.",
        "alice@../inner/example.org",
        "alice@/",
        "alice@example.org/",
        "alice@",
        "alice@0",
        "alice@0/example.net",
        "alice@%2e%2e",
        "alice@[127.0.0.1]",
        "alice@example.com",
        `alice@${"a".repeat(63)}.${"b".repeat(63)}`,
        `alice@${"a.".repeat(125)}org`,
        "..%..",
        "alice%..",
      ];
      for (const name of others) {
        const outcome = await login(source, name);
        assert.equal(outcome.result, "unknown", `${name}: ${JSON.stringify(outcome)}`);
      }
    });

    test("a link is an alias of the domain", async (t) => {
      const root = await domainsFolder(t);
      await writeUsers(join(root, "0", "example.org"), [line("alice")], kind);
      await symlink(join(root, "0", "example.org"), join(root, "example.net"));
      const outcome = await login(sourceOn(t, root), "alice@example.net");
      assert.ok(outcome.result === "good");
      assert.equal(outcome.account.name, "alice@example.org");
      assert.deepEqual(outcome.account.addresses, [
        { local: "alice", domain: "example.org" },
        { local: "alice", domain: "example.net" },
      ]);
    });

    test("the domain's limits count", async (t) => {
      const root = await domainsFolder(t);
      const folder = join(root, "example.org");
      await writeUsers(folder, [line("alice"), line("boss", { flags: 0x2000 })], kind);
      await writeFile(join(folder, ".qmailadmin-limits"), "maxaliases: 5\ndisable_smtp\n");
      const source = sourceOn(t, root);
      assert.equal((await login(source, "alice@example.org")).result, "refused");
      assert.equal((await login(source, "boss@example.org")).result, "good");
    });

    test("a change counts at once", async (t) => {
      const root = await domainsFolder(t);
      const folder = join(root, "example.org");
      const source = sourceOn(t, root);
      assert.equal((await login(source, "alice@example.org")).result, "unknown");
      await writeUsers(folder, [line("alice")], kind);
      assert.equal((await login(source, "alice@example.org")).result, "good");
      await writeUsers(folder, [line("alice", { password: "*" })], kind);
      assert.equal((await login(source, "alice@example.org")).result, "refused");
    });
  });
}

test(
  "every user of a large cdb is found, and nobody else",
  { skip: await whyMissing("cdb") },
  async (t) => {
    const root = await domainsFolder(t);
    const names = Array.from({ length: 3000 }, (_, index) => `user${index}`);
    const lines = names.map((name) => line(name, { password: `{PLAIN}${name}` }));
    await writeUsers(join(root, "example.org"), lines, "cdb");
    const directory = createVpopmailFiles(root);
    for (const local of names) {
      const found = await directory.find({ local, domain: "example.org" });
      assert.ok(found.ok && found.value?.password === `{PLAIN}${local}`, local);
      const none = await directory.find({ local: `${local}x`, domain: "example.org" });
      assert.deepEqual(none, { ok: true, value: undefined });
    }
  },
);

test(
  "a cdb that is cut off anywhere lets nobody in who is not in it, and says that it is damaged",
  { skip: await whyMissing("cdb") },
  async (t) => {
    const root = await domainsFolder(t);
    const folder = join(root, "example.org");
    await writeUsers(folder, [line("alice"), line("bob", { password: "*" })], "cdb");
    const path = join(folder, "vpasswd.cdb");
    const whole = await readFile(path);
    const directory = createVpopmailFiles(root);
    let damaged = 0;
    for (let length = 0; length < whole.length; length += 1 + (length % 7)) {
      await writeFile(path, whole.subarray(0, length));
      const found = await directory.find({ local: "alice", domain: "example.org" });
      if (found.ok) assert.ok(found.value === undefined || found.value.password === md5Secret);
      else {
        damaged++;
        assert.equal(found.problem.fault, "misconfigured");
        assert.match(
          found.problem.why,
          /is damaged: it ends before octet [0-9]+; make it again with vmkpasswd/,
        );
      }
    }
    assert.ok(damaged > 100);
    for (let time = 0; time < 300; time++) {
      const mutated = Buffer.from(whole);
      const at = (time * 7919) % mutated.length;
      mutated[at] = mutated[at]! ^ (1 << (time % 8));
      await writeFile(path, mutated);
      const found = await directory.find({ local: "carol", domain: "example.org" });
      assert.ok(!found.ok || found.value === undefined, `octet ${at}`);
    }
  },
);

test("what may not be read, or is not there, is the operator's to mend", async (t) => {
  const root = await domainsFolder(t);
  const missing = await login(sourceOn(t, join(root, "nothing")), "alice@example.org");
  assert.ok(missing.result === "temporary" && missing.fault === "misconfigured");
  await mkdir(join(root, "example.org", "vpasswd"), { recursive: true });
  const folder = await login(sourceOn(t, root), "alice@example.org");
  assert.ok(folder.result === "temporary" && folder.fault === "misconfigured");
  if (process.getuid?.() === 0) return;
  await writeUsers(join(root, "example.net"), [line("alice")], "text");
  await chmod(join(root, "example.net", "vpasswd"), 0);
  const closed = await login(sourceOn(t, root), "alice@example.net");
  assert.ok(closed.result === "temporary" && closed.fault === "misconfigured");
});
