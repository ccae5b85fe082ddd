import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { smtpSecrets } from "../../core/smtp/server/secrets.ts";
import { SessionTap } from "./session-tap.ts";
import type { Watch, WatchedLine } from "./watch.ts";
import { type WatchedSession, Watchers, type Whom } from "./watchers.ts";

const address = (text: string) => parseIp(text) ?? assert.fail();

const session: WatchedSession = {
  session: "0fk3v9d2m4a",
  listener: "mx",
  client: address("192.0.2.7"),
};

function begin(watchers: Watchers, whom: Whom = session): Watch {
  const begun = watchers.watch(whom);
  return begun.ok ? begun.value : assert.fail(begun.problem);
}

function stage() {
  const watchers = new Watchers(() => 5);
  const tap = new SessionTap(watchers, session, smtpSecrets);
  return { watchers, tap };
}

/** What has come until now. */
async function taken(watch: Watch): Promise<readonly string[]> {
  watch.close();
  const lines: WatchedLine[] = [];
  for await (const line of watch) lines.push(line);
  return lines.map(({ side, text }) => `${side}: ${text}`);
}

test("a conversation is seen from both sides, without its secrets and its content", async () => {
  const { watchers, tap } = stage();
  tap.said("220 mail.example.org\r\n", false);
  const watch = begin(watchers);
  tap.heard("EHLO a.example", false);
  tap.said("250-mail.example.org\r\n250 AUTH PLAIN\r\n", false);
  tap.heard("AUTH LOGIN", false);
  tap.said("334 VXNlcm5hbWU6\r\n", true);
  tap.heard("YWxpY2U=", true);
  tap.said("535 5.7.8 no\r\n", false);
  tap.heard("aHVudGVyMg==", false);
  tap.heard("DATA", false);
  tap.heardContent(1_000);
  tap.heardContent(24);
  tap.said("250 2.0.0 Ok\r\n", false);
  assert.deepEqual(await taken(watch), [
    "client: EHLO a.example",
    "server: 250-mail.example.org",
    "server: 250 AUTH PLAIN",
    "client: AUTH LOGIN",
    "server: 334 (not shown)",
    "client: (not shown)",
    "server: 535 5.7.8 no",
    "client: (no command: not shown)",
    "client: DATA",
    "note: 1024 octets of a message",
    "server: 250 2.0.0 Ok",
  ]);
});

test("a session is watched by its id, or by its client's address in whatever form", async () => {
  const { watchers, tap } = stage();
  const whoms: readonly Whom[] = [
    { session: session.session },
    { client: address("192.0.2.7") },
    { session: "0fk3v9d2m4b" },
    { client: address("192.0.2.8") },
  ];
  const watches = whoms.map((whom) => begin(watchers, whom));
  tap.note("here");
  const seen = await Promise.all(watches.map(taken));
  assert.deepEqual(
    seen.map(({ length }) => length),
    [1, 1, 0, 0],
  );
});

test("who reads too slowly is told what was left out, at its place", async () => {
  const { watchers, tap } = stage();
  const watch = begin(watchers);
  for (let line = 0; line < 1_500; line++) tap.note(`line ${line}`);
  const lines = watch[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value?.text, "line 0");
  tap.note("the next");
  for (let line = 1; line < 1_000; line++) await lines.next();
  assert.match((await lines.next()).value?.text ?? "", /^500 lines are left out here/);
  assert.equal((await lines.next()).value?.text, "the next");
  await lines.return();
});

test("a watch that waits gets the line that comes, and ends when it is closed", async () => {
  const { watchers, tap } = stage();
  const watch = begin(watchers);
  const lines = watch[Symbol.asyncIterator]();
  const next = lines.next();
  await new Promise((resolve) => setImmediate(resolve));
  tap.heard("QUIT", false);
  assert.deepEqual((await next).value, {
    at: 5,
    session: session.session,
    listener: "mx",
    client: "192.0.2.7",
    side: "client",
    text: "QUIT",
  });
  const end = lines.next();
  await new Promise((resolve) => setImmediate(resolve));
  watchers.close();
  assert.equal((await end).done, true);
  assert.equal(watchers.isIdle, true);
  assert.equal(watchers.watch(session).ok, false);
});

test("whoever leaves the loop watches no more", async () => {
  const { watchers, tap } = stage();
  const watch = begin(watchers);
  tap.note("one");
  for await (const _ of watch) break;
  assert.equal(watchers.isIdle, true);
});

test("only so many watch at once", () => {
  const { watchers } = stage();
  const watches = Array.from({ length: 20 }, () => begin(watchers));
  const refused = watchers.watch(session);
  assert.ok(!refused.ok && /20 watch already/.test(refused.problem));
  watches[3]?.close();
  watches[3]?.close();
  assert.equal(watchers.watch(session).ok, true);
  assert.equal(watchers.watch(session).ok, false);
});

test("a reply without end is shown in part", async () => {
  const { watchers, tap } = stage();
  const watch = begin(watchers);
  tap.said("250-x\r\n".repeat(10_000), false);
  const lines = await taken(watch);
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), "note: and more lines");
});
