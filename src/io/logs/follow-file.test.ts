// Files as log daemons and logrotate treat them.

import assert from "node:assert/strict";
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { runCommand } from "../../../test/support/command.ts";
import { temporaryFolder } from "../../../test/support/server.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { followFile, type FollowState } from "./follow-file.ts";

interface Following {
  readonly path: string;
  /** In order, old ones with a `<` before them. */
  readonly lines: string[];
  readonly states: FollowState[];
  readonly untilState: (state: FollowState["state"]) => Promise<FollowState>;
  readonly untilLine: (line: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function folderFor(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), "mail.log");
}

function follow(t: TestContext, path: string, readBack = 1_000): Following {
  const lines: string[] = [];
  const states: FollowState[] = [];
  const follower = followFile({
    path,
    interval: 5,
    readBack,
    longestLine: 200,
    async onLines(all, isOld) {
      lines.push(...all.map((line) => (isOld ? `<${line}` : line)));
    },
    async onState(state) {
      states.push(state);
    },
  });
  t.after(() => follower.close());
  return {
    path,
    lines,
    states,
    untilState: (wanted) =>
      waitUntil(`it is ${wanted}`, () => states.find(({ state }) => state === wanted)),
    untilLine: (line) => waitUntil(`the line ${line}`, () => lines.includes(line)),
    close: () => follower.close(),
  };
}

test("what is appended comes, old lines only from the end, and no half ones", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, `${"x".repeat(99)}\n${"y".repeat(50)}\nold\nhalf`);
  const { lines, untilState, untilLine } = follow(t, path, 30);
  await untilState("follows");
  assert.deepEqual(lines, ["<old"]);
  await appendFile(path, " a line\nnext\nhalf");
  await untilLine("next");
  await appendFile(path, " again\n");
  await untilLine("half again");
  assert.deepEqual(lines, ["<old", "half a line", "next", "half again"]);
});

test("a file that is missing at first is read from its beginning", async (t) => {
  const path = await folderFor(t);
  const { lines, states, untilState, untilLine } = follow(t, path);
  await untilState("missing");
  await writeFile(path, "one\ntwo\n");
  await untilLine("two");
  await untilState("follows");
  assert.deepEqual(lines, ["one", "two"]);
  assert.deepEqual(
    states.map(({ state }) => state),
    ["missing", "follows"],
  );
});

test("a file that is renamed is read to its end, and the new one from its beginning", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "");
  const { lines, untilState, untilLine } = follow(t, path);
  await untilState("follows");
  await appendFile(path, "one\n");
  await untilLine("one");
  await rename(path, `${path}.1`);
  // The daemon has not noticed yet.
  await appendFile(`${path}.1`, "two\nhalf");
  await untilLine("two");
  await appendFile(`${path}.1`, " of three\nfour\nlost half");
  await writeFile(path, "five\n");
  await untilLine("five");
  await runCommand("gzip", [`${path}.1`]);
  await appendFile(path, "six\n");
  await untilLine("six");
  assert.deepEqual(lines, ["one", "two", "half of three", "four", "five", "six"]);
});

test("a file that is copied and emptied goes on", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "");
  const { lines, untilState, untilLine } = follow(t, path);
  await untilState("follows");
  await appendFile(path, "one\nhalf");
  await untilLine("one");
  await copyFile(path, `${path}.1`);
  await truncate(path);
  await appendFile(path, "2\n");
  await untilLine("2");
  assert.deepEqual(lines, ["one", "2"]);
});

test("a file that has grown again beyond the old end before anybody looked is read anew", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "old one\nold two\n");
  const { lines, untilState, untilLine } = follow(t, path);
  await untilState("follows");
  await writeFile(path, "new one\nnew two\nnew three\n");
  await untilLine("new three");
  assert.deepEqual(lines.slice(-3), ["new one", "new two", "new three"]);
  await writeFile(path, "NEW one\nNEW two\nNEW three\n"); // as long as before
  await untilLine("NEW three");
  assert.deepEqual(lines.slice(-3), ["NEW one", "NEW two", "NEW three"]);
});

test("a hole where a writer went on behind an emptied file hides nothing", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "x".repeat(90_000));
  const { lines, untilState, untilLine } = follow(t, path);
  await untilState("follows");
  await truncate(path);
  await truncate(path, 90_000);
  await appendFile(path, "one\ntwo\n");
  await untilLine("two");
  assert.deepEqual(lines, ["one", "two"]);
});

test("a link is followed to another file", async (t) => {
  const path = await folderFor(t);
  await writeFile(`${path}.a`, "");
  await writeFile(`${path}.b`, "b\n");
  await symlink(`${path}.a`, path);
  const { untilState, untilLine } = follow(t, path);
  await untilState("follows");
  await rm(path);
  await symlink(`${path}.b`, path);
  await untilLine("b");
});

test("a file in pieces, with thousands of lines at once, loses none", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "");
  const { lines, untilState, untilLine } = follow(t, path);
  await untilState("follows");
  const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${"é".repeat(9)}`);
  const octets = Buffer.from(`${expected.join("\n")}\n`);
  for (let at = 0; at < octets.length; at += 99_991) {
    await appendFile(path, octets.subarray(at, at + 99_991));
  }
  await untilLine(expected.at(-1) ?? "");
  assert.deepEqual(lines, expected);
});

test("what is no file that can be followed is said, and tried again", async (t) => {
  const path = await folderFor(t);
  await mkdir(path);
  const { lines, untilState, untilLine } = follow(t, path);
  const state = await untilState("unreadable");
  assert.match(state.state === "unreadable" ? state.why : "", /it is no regular file/);
  await rm(path, { recursive: true });
  await runCommand("mkfifo", [path]);
  await rm(path);
  await untilState("missing");
  await writeFile(path, "one\n");
  await untilLine("one");
  assert.deepEqual(lines, ["one"]);
});

test("what could not be looked at for a while goes on where it was", async (t) => {
  const path = await folderFor(t);
  const folder = `${path}.d`;
  await mkdir(folder);
  await writeFile(join(folder, "log"), "old\nhalf");
  const { lines, states, untilState, untilLine } = follow(t, join(folder, "log"));
  await untilState("follows");
  await rename(folder, `${folder}.away`);
  await writeFile(folder, "no folder");
  await untilState("unreadable");
  await rm(folder);
  await rename(`${folder}.away`, folder);
  await appendFile(join(folder, "log"), " a line\n");
  await untilLine("half a line");
  assert.deepEqual(lines, ["<old", "half a line"]);
  assert.ok(states.length >= 3);
});

test("what may not be read is said with what to do", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "old\n", { mode: 0 });
  const { lines, state, untilLine } = await asNobody(async () => {
    const following = follow(t, path);
    return { ...following, state: await following.untilState("unreadable") };
  });
  assert.match(state.state === "unreadable" ? state.why : "", /add it to the group/);
  await chmod(path, 0o600);
  await untilLine("<old");
  assert.deepEqual(lines, ["<old"]);
});

test("once closed, it tells nothing more", async (t) => {
  const path = await folderFor(t);
  await writeFile(path, "");
  const { lines, untilState, close } = follow(t, path);
  await untilState("follows");
  await close();
  await appendFile(path, "late\n");
  await new Promise((resolve) => void setTimeout(resolve, 30));
  assert.deepEqual(lines, []);
});
