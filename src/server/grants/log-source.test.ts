// Logs that are written while they are followed, and a real book of grants behind.

import assert from "node:assert/strict";
import { appendFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createBookDesk, lifetime } from "../../../test/support/book-desk.ts";
import { temporaryFolder } from "../../../test/support/server.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import type { LogReading } from "../../core/config/roaming-source-settings.ts";
import { startLogSource } from "./log-source.ts";

const minute = 60_000;

function iso(at: number): string {
  return new Date(at).toISOString();
}

function login(at: number, user: string, client: string, session: string): string {
  return `${iso(at)} mail dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=${client}, lip=192.0.2.1, mpid=1, TLS, session=<${session}>\n`;
}

function logout(at: number, user: string, session: string): string {
  return `${iso(at)} mail dovecot: imap(${user})<1><${session}>: Disconnected: Logged out in=1 out=2\n`;
}

async function follow(
  t: TestContext,
  { text, reads = { format: "dovecot" } }: { text?: string; reads?: LogReading } = {},
) {
  const file = join(await temporaryFolder(t), "mail.log");
  if (text !== undefined) await writeFile(file, text);
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const desk = createBookDesk(now);
  const said: { readonly event?: unknown; readonly text: string }[] = [];
  const note = (fields: object, words: string) => void said.push({ ...fields, text: words });
  const log = { info: note, warn: note, error: note };
  const source = startLogSource({
    settings: { file, reads },
    lifetime: () => lifetime,
    desk,
    now,
    elapsed: () => performance.now(),
    log,
  });
  t.after(() => source.close(false));
  const untilSaid = (wanted: string) =>
    waitUntil(`it says ${wanted}`, () => said.find(({ event }) => event === wanted));
  if (text !== undefined) await untilSaid("log-followed");
  return { file, clock, now, desk, said, untilSaid, source };
}

test("a session lets its client relay as long as it lasts, and the lifetime after", async (t) => {
  const { file, desk, clock, now } = await follow(t, { text: "" });
  await appendFile(file, login(Date.now(), "Alice@Example.org", "192.0.2.9", "aaaa"));
  await waitUntil("it relays", () => desk.liveAt("192.0.2.9").length > 0);
  assert.deepEqual(desk.liveAt("192.0.2.9"), ["alice@example.org"]);
  assert.deepEqual(desk.liveAt("192.0.2.8"), []);
  clock.ahead = 24 * 60 * minute;
  assert.deepEqual(desk.liveAt("192.0.2.9"), ["alice@example.org"]);
  await appendFile(file, logout(now(), "alice@example.org", "aaaa"));
  await waitUntil("it is told", () => desk.told.length === 2);
  clock.ahead += lifetime - minute;
  assert.deepEqual(desk.liveAt("192.0.2.9"), ["alice@example.org"]);
  clock.ahead += 2 * minute;
  assert.deepEqual(desk.liveAt("192.0.2.9"), []);
});

test("of what was there before, sessions that go on and what is not long over count", async (t) => {
  const now = Date.now();
  const { desk } = await follow(t, {
    text: [
      login(now - 10 * lifetime, "on@example.org", "192.0.2.1", "aaaa"),
      login(now - 9 * lifetime, "over@example.org", "192.0.2.2", "bbbb"),
      logout(now - 8 * lifetime, "over@example.org", "bbbb"),
      login(now - 9 * lifetime, "late@example.org", "192.0.2.3", "cccc"),
      logout(now - minute, "late@example.org", "cccc"),
      login(now - 9 * lifetime, "x@example.org", "127.0.0.1", "dddd"),
      login(now, "no-time@example.org", "192.0.2.4", "eeee").replace(/^\S+/, "Foo"),
      login(now + 60 * minute, "ahead@example.org", "192.0.2.5", "ffff"),
      login(now, "half@example.org", "192.0.2.6", "gggg").trimEnd(),
    ].join(""),
  });
  assert.deepEqual(desk.liveAt("192.0.2.1"), ["on@example.org"]);
  assert.deepEqual(desk.liveAt("192.0.2.2"), []);
  assert.deepEqual(desk.liveAt("192.0.2.3"), ["late@example.org"]);
  assert.deepEqual(desk.liveAt("192.0.2.4"), []);
  assert.deepEqual(desk.liveAt("192.0.2.5"), ["ahead@example.org"]);
  assert.deepEqual(desk.liveAt("192.0.2.6"), []);
  assert.equal(desk.told.filter((words) => words.includes("127.0.0.1")).length, 0);
  const told = desk.told.filter((words) => words.includes("bbbb"));
  assert.deepEqual(
    told.map((words) => words.split(" ")[0]),
    ["close"],
  );
});

test("a file that is missing is said, and read when it comes, also after rotation", async (t) => {
  const { file, desk, untilSaid } = await follow(t);
  const missing = await untilSaid("log-missing");
  assert.match(missing.text, /there is no file .* yet/);
  await writeFile(file, login(Date.now(), "alice@example.org", "192.0.2.9", "aaaa"));
  await waitUntil("it relays", () => desk.liveAt("192.0.2.9").length > 0);
  await rename(file, `${file}.1`);
  await writeFile(file, logout(Date.now(), "alice@example.org", "aaaa"));
  await waitUntil("it ends", () => desk.told.length === 2);
});

test("a restart of the other server ends all sessions", async (t) => {
  const { file, desk } = await follow(t, { text: "" });
  for (const [index, session] of ["aaaa", "bbbb"].entries()) {
    await appendFile(file, login(Date.now(), "a@example.org", `192.0.2.${index + 1}`, session));
  }
  await appendFile(
    file,
    `${iso(Date.now())} mail dovecot: master: Dovecot v2.3.19.1 (9b53102964) starting up for imap (core dumps disabled)\n`,
  );
  await waitUntil("they end", () => desk.told.length === 4);
  assert.deepEqual(
    desk.live().map(({ endedAt }) => endedAt === null),
    [false, false],
  );
});

test("a revoked grant does not come back with the same line", async (t) => {
  const at = Date.now() - minute;
  const line = login(at, "alice@example.org", "192.0.2.9", "aaaa");
  const { file, desk } = await follow(t, { text: line });
  assert.deepEqual(desk.liveAt("192.0.2.9"), ["alice@example.org"]);
  desk.revoke("192.0.2.9");
  await writeFile(`${file}.new`, line);
  await rename(`${file}.new`, file);
  await waitUntil("it is read again", () => desk.told.length === 3);
  assert.deepEqual(desk.liveAt("192.0.2.9"), []);
});

test("an own pattern, with sessions and without a name", async (t) => {
  const pattern = String.raw`^.{24} popd\[(?<session>\d+)\]: (?:(?<end>bye)|from (?<client>[0-9a-f.:]+)(?: is (?<account>\S+))?)$`;
  const { file, desk } = await follow(t, { text: "", reads: { pattern } });
  const front = iso(Date.now());
  await appendFile(
    file,
    `${front} popd[7]: from 192.0.2.9 is Bob\n${front} popd[8]: from 192.0.2.8\n`,
  );
  await appendFile(file, `${front} other[9]: from 192.0.2.7\n${front} popd[7]: bye\n`);
  await waitUntil("it is told", () => desk.told.length === 3);
  assert.deepEqual(desk.liveAt("192.0.2.9"), ["bob"]);
  assert.deepEqual(desk.liveAt("192.0.2.8"), ["null"]);
  assert.deepEqual(desk.liveAt("192.0.2.7"), []);
});

test("a slow pattern is said once, and holds no other line up", async (t) => {
  const { file, desk, said } = await follow(t, {
    text: "",
    reads: { pattern: String.raw`^\S+ (?:x+x+)+y|^\S+ (?<client>192\.0\.2\.\d+)$` },
  });
  const front = iso(Date.now());
  const hostile = `${front} ${"x".repeat(1_000)}\n`;
  await appendFile(file, `${hostile}${hostile}${front} 192.0.2.9\n`);
  await waitUntil("it relays", () => desk.liveAt("192.0.2.9").length > 0);
  assert.equal(said.filter(({ event }) => event === "log-pattern-slow").length, 1);
});

test("a log that is given up ends its sessions", async (t) => {
  const { file, desk, source } = await follow(t, { text: "" });
  await appendFile(file, login(Date.now(), "a@example.org", "192.0.2.9", "aaaa"));
  await waitUntil("it relays", () => desk.liveAt("192.0.2.9").length > 0);
  await source.close(true);
  assert.equal(desk.live()[0]?.endedAt === null, false);
});
