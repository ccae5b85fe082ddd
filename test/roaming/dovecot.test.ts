// Debian's Dovecot tells of logins and of the ends of sessions; what the desk is told of them.

import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { type AdminSite, type Note, secret, startAdminSite } from "../support/admin-site.ts";
import { whyNoDovecot } from "../support/dovecot.ts";
import { openImap, openReader } from "../support/mail-reader.ts";
import {
  hibernation,
  startTellingDovecot,
  type TellingDovecot,
  type TellingOptions,
} from "../support/telling-dovecot.ts";
import { waitUntil } from "../support/wait.ts";

const away = "203.0.113.9";
const bob = { client: away, user: "bob@example.org", password: "secret" };

interface Scene {
  readonly site: AdminSite;
  readonly dovecot: TellingDovecot;
  /** Waits for so many notes, and resolves with them. */
  readonly untilNotes: (count: number) => Promise<readonly Note[]>;
}

async function begin(
  t: TestContext,
  by: TellingOptions["by"],
  options: Parameters<typeof startAdminSite>[1] & { extra?: string; secret?: string } = {},
): Promise<Scene> {
  const site = await startAdminSite(t, options);
  const dovecot = await startTellingDovecot(t, {
    admin: site,
    secret: options.secret ?? secret,
    by,
    users: { "bob@example.org": "secret", carol: "secret" },
    extra: options.extra ?? "",
  });
  const untilNotes = (count: number) =>
    waitUntil(`${count} notes; there are ${JSON.stringify(site.notes)}`, () =>
      site.notes.length >= count ? [...site.notes] : undefined,
    );
  return { site, dovecot, untilNotes };
}

/** What was said of each, in short. */
function short(notes: readonly Note[]): readonly string[] {
  return notes.map(({ what, account, client }) =>
    what === "opened" ? `${account} from ${client}` : "end",
  );
}

suite("Dovecot tells", { skip: await whyNoDovecot() }, () => {
  test("by events, of IMAP from its login to its end", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["events"]);
    const reader = await openImap(t, dovecot.proxiedImap, bob);
    const [login] = await untilNotes(1);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9"]);
    assert.equal(login?.source, "dovecot");
    assert.match(login?.session ?? "", /^[\w+/]{8,}$/);
    await reader.say("c idle", /^\+ idling/);
    await reader.say("DONE", /^c OK/);
    await reader.say("d noop", /^d OK/);
    assert.equal(site.notes.length, 1);
    await reader.say("e logout", /^e OK/);
    await untilNotes(2);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9", "end"]);
    assert.equal(site.notes[1]?.session, login?.session);
    assert.deepEqual(site.warnings, []);
  });

  test("by events, of the end of a connection that is cut", async (t) => {
    const { dovecot, untilNotes } = await begin(t, ["events"]);
    const reader = await openImap(t, dovecot.proxiedImap, { ...bob, client: "2001:db8::7" });
    await reader.say("c idle", /^\+ idling/);
    reader.socket.resetAndDestroy();
    const notes = await untilNotes(2);
    assert.deepEqual(short(notes), ["bob@example.org from 2001:db8::7", "end"]);
  });

  test("by events, of POP3", async (t) => {
    const { dovecot, untilNotes } = await begin(t, ["events"]);
    const reader = await openReader(t, dovecot.proxiedPop3, away);
    await reader.say("USER bob@example.org", /^\+OK/);
    await reader.say("PASS secret", /^\+OK/);
    const [login] = await untilNotes(1);
    await reader.say("QUIT", /^\+OK/);
    const notes = await untilNotes(2);
    assert.deepEqual(short(notes), ["bob@example.org from 203.0.113.9", "end"]);
    assert.equal(notes[1]?.session, login?.session);
  });

  test("by events, that a session which sleeps goes on", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["events"], { extra: hibernation });
    const reader = await openImap(t, dovecot.proxiedImap, bob);
    await reader.say("c idle", /^\+ idling/);
    await waitUntil("it sleeps", async () => !(await dovecot.processes()).includes("imap"));
    await reader.say("DONE", /^c OK/);
    await reader.say("d noop", /^d OK/);
    await reader.say("e logout", /^e OK/);
    await untilNotes(2);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9", "end"]);
  });

  test("by reports, of logins alone", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["policy"]);
    const reader = await openImap(t, dovecot.proxiedImap, bob);
    const [login] = await untilNotes(1);
    assert.match(login?.session ?? "", /^[\w+/]{8,}$/);
    await reader.say("e logout", /^e OK/);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9"]);
  });

  test("by both, of one session", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["policy", "events"]);
    const reader = await openImap(t, dovecot.proxiedImap, bob);
    await reader.say("e logout", /^e OK/);
    await untilNotes(2);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9", "end"]);
  });

  test("nothing of a login that failed", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["policy", "events"]);
    const reader = await openReader(t, dovecot.proxiedImap, "203.0.113.66");
    await reader.say("a login bob@example.org wrong", /^a NO/);
    await openImap(t, dovecot.proxiedImap, bob);
    await untilNotes(1);
    assert.deepEqual(short(site.notes), ["bob@example.org from 203.0.113.9"]);
  });

  test("of a system's user, who is one of the default domain", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["events"], {
      defaultDomain: "example.org",
    });
    await openImap(t, dovecot.proxiedImap, { ...bob, user: "carol" });
    await untilNotes(1);
    assert.deepEqual(short(site.notes), ["carol@example.org from 203.0.113.9"]);
  });

  test("of many who come and go at once", async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["policy", "events"]);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const reader = await openImap(t, dovecot.proxiedImap, {
          ...bob,
          client: `203.0.113.${index + 1}`,
        });
        await reader.say("e logout", /^e OK/);
      }),
    );
    await untilNotes(40);
    assert.equal(new Set(site.notes.map(({ client }) => client)).size, 21);
    for (const { what, session } of site.notes) {
      const of = site.notes.filter((note) => note.session === session);
      assert.deepEqual(
        of.map((note) => note.what),
        ["opened", "closed"],
        what,
      );
    }
  });
});

suite("users log in at Dovecot", { skip: await whyNoDovecot() }, () => {
  test("also where its secret is wrong, and the log says so once", async (t) => {
    const { site, dovecot } = await begin(t, ["policy", "events"], { secret: "f".repeat(32) });
    for (let times = 0; times < 3; times++) {
      const reader = await openImap(t, dovecot.proxiedImap, bob);
      await reader.say("e logout", /^e OK/);
    }
    await waitUntil("it was refused", () => site.warnings.length > 0);
    assert.deepEqual(site.notes, []);
    assert.equal(site.warnings.length, 1);
    await waitUntil("Dovecot says so", async () => /401 Unauthorized/.test(await dovecot.log()));
  });

  test("also where nobody listens", async (t) => {
    const dovecot = await startTellingDovecot(t, {
      admin: { host: "127.0.0.1", port: 1 },
      secret,
      by: ["policy", "events"],
      users: { "bob@example.org": "secret" },
    });
    await openImap(t, dovecot.proxiedImap, bob);
  });
});

test(
  "what a killed Dovecot did not tell is over after its last sign",
  { skip: await whyNoDovecot() },
  async (t) => {
    const { site, dovecot, untilNotes } = await begin(t, ["events"], {
      bounds: { silence: 1_000, lookEvery: 50 },
    });
    await openImap(t, dovecot.proxiedImap, bob);
    const [login] = await untilNotes(1);
    await dovecot.kill();
    const notes = await untilNotes(2);
    assert.deepEqual(short(notes), ["bob@example.org from 203.0.113.9", "end"]);
    assert.equal(notes[1]?.session, login?.session);
    assert.ok((notes[1]?.at ?? Infinity) < Date.now() - 500);
    assert.deepEqual(site.errors, []);
  },
);
