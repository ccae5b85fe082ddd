import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../mail/ip.ts";
import { LogSessions } from "./log-sessions.ts";

const client = parseIp("192.0.2.9") ?? assert.fail();

function login(session: readonly string[], alone = true) {
  return { kind: "login", client, account: "alice", session, alone } as const;
}

test("a session begins and ends under any of its names", () => {
  const sessions = new LogSessions();
  const told = { kind: "login", client, account: "alice", session: "s1@5", at: 5 };
  assert.deepEqual(sessions.note(login(["s1", "imap alice"]), 5), [told]);
  assert.deepEqual(sessions.note({ kind: "logout", session: "imap alice" }, 9), [
    { kind: "logout", session: "s1@5", at: 9 },
  ]);
  assert.deepEqual(sessions.note({ kind: "logout", session: "s1" }, 9), []);
});

test("a login without a name for its session is over at once", () => {
  const sessions = new LogSessions();
  const told = { kind: "login", client, account: "alice", at: 5 };
  assert.deepEqual(sessions.note(login([]), 5), [told]);
  assert.deepEqual(sessions.note(login(["x".repeat(1_000)]), 5), [told]);
  assert.deepEqual(sessions.note({ kind: "restart" }, 6), []);
});

test("who comes again under a name of one session has ended the one before", () => {
  const sessions = new LogSessions();
  sessions.note(login(["imapd[7]"]), 5);
  const news = sessions.note(login(["imapd[7]"]), 8);
  assert.deepEqual(
    news.map(({ kind, session, at }) => [kind, session, at]),
    [
      ["logout", "imapd[7]@5", 8],
      ["login", "imapd[7]@8", 8],
    ],
  );
});

/** What is told of a login whose end came first, and of another by the same name. */
function kindsAfterEnd(alone: boolean, wait: number) {
  const sessions = new LogSessions();
  assert.deepEqual(sessions.note({ kind: "logout", session: "s1" }, 1_000), []);
  const begun = sessions.note(login(["s1"], alone), 1_000 + wait);
  const again = sessions.note(login(["s1"], alone), 1_001 + wait);
  return [begun, again].map((news) => news.map(({ kind }) => kind));
}

test("an end that is logged just before its beginning counts, of a session with a name of its own", () => {
  assert.deepEqual(kindsAfterEnd(true, 0), [["login", "logout"], ["login"]]);
  assert.deepEqual(kindsAfterEnd(true, 2_000), [["login", "logout"], ["login"]]);
  assert.deepEqual(kindsAfterEnd(true, 2_001), [["login"], ["logout", "login"]]);
  assert.deepEqual(kindsAfterEnd(false, 0), [["login"], ["login"]]);
});

test("sessions that share a name are counted", () => {
  const sessions = new LogSessions();
  const names = [5, 5, 6].flatMap((at) =>
    sessions.note(login(["imap alice"], false), at).map(({ session }) => session),
  );
  assert.deepEqual(names, ["imap alice@5", "imap alice@5.2", "imap alice@6"]);
  for (const expected of names) {
    const [news] = sessions.note({ kind: "logout", session: "imap alice" }, 9);
    assert.equal(news?.session, expected);
  }
});

test("a restart ends all, and too many end the oldest", () => {
  const sessions = new LogSessions();
  for (let each = 0; each < 20_000; each++) sessions.note(login([`s${each}`]), 1);
  const [ended] = sessions.note(login(["one more"]), 2);
  assert.deepEqual(ended, { kind: "logout", session: "s0@1", at: 2 });
  assert.equal(sessions.note({ kind: "restart" }, 3).length, 20_000);
  assert.equal(sessions.note({ kind: "restart" }, 3).length, 0);
});
