import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { readRulesFile } from "./rules-file.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bailiwick-rules-"));
});

after(() => rm(folder, { recursive: true }));

async function problemOf(path: string): Promise<string> {
  const read = await readRulesFile(path);
  return read.ok ? "" : read.problem.map(formatProblem).join("\n");
}

suite("a rules file that cannot be had", () => {
  test("is not there", async () => {
    assert.match(await problemOf(join(folder, "none")), /none: there is no such file; write it/);
  });

  test("is a folder", async () => {
    assert.match(await problemOf(folder), /: this is not a file; name the rules file itself$/);
  });

  test("is a device without an end, or a pipe without a writer", async () => {
    assert.match(await problemOf("/dev/zero"), /this is not a file/);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    assert.match(await problemOf(pipe), /this is not a file/);
  });

  test("may not be read", async () => {
    const path = join(folder, "secret");
    await writeFile(path, ":deny\n");
    await chmod(path, 0o000);
    const said = `${path}: this user may not read the file; change its owner or mode`;
    assert.equal(await asNobody(() => problemOf(path)), said);
  });
});

test("octets that are no characters are kept for a refusal's text", async () => {
  const path = join(folder, "latin1");
  await writeFile(path, Buffer.from(':allow,RBLSMTPD="-\xfc\xff"\n', "latin1"));
  const read = await readRulesFile(path);
  assert.ok(read.ok);
  const verdict = read.value.rules.find(parseIp("10.0.0.1")!, undefined)?.instruction.verdict;
  assert.ok(verdict?.access === "deny" && verdict.text === "\xfc\xff");
});

test("a large file is read in slices", async () => {
  const path = join(folder, "large");
  const count = 200_000;
  const lines = Array.from({ length: count }, (_, line) => {
    return `10.${line >> 16}.${(line >> 8) & 255}.${line & 255}:allow,RELAYCLIENT=""\n`;
  });
  await writeFile(path, lines.join(""));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const read = await readRulesFile(path);
  clearInterval(timer);
  assert.ok(read.ok);
  assert.equal(read.value.rules.find(parseIp("10.2.17.34")!, undefined)?.place.line, 0x21122 + 1);
  assert.ok(turns > 20, `others had ${turns} turns meanwhile`);
});
