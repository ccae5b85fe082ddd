import assert from "node:assert/strict";
import { test } from "node:test";
import { scratchStore } from "../../io/store/fixture.test.ts";
import type { OpenedMailbox } from "../../io/maildir/mailboxes.ts";
import type { OpenMailbox } from "../../io/maildir/open-mailbox.ts";
import { ann, handClock, home, hostOn, hour, liveAt } from "../grants/fixture.test.ts";
import type { GrantDesk } from "../grants/grants.ts";
import { Visit } from "./visit.ts";

const visitor = { session: "s1", listener: "pop3", client: home };
const log = { info() {}, warn() {}, error() {} };

test("the grant of a second login on a connection lasts as long as its session", async (t) => {
  const store = await scratchStore(t);
  const clock = handClock();
  const grants = hostOn(t, store.grants, { clock });
  await grants.start();
  const answers: OpenedMailbox[] = [
    { kind: "in-use" },
    { kind: "opened", mailbox: mailboxWith({}) },
  ];
  const open = async () => answers.shift() ?? assert.fail("a third login");
  const visit = new Visit({ mailboxes: { open }, grants, now: clock.now, log }, visitor);
  assert.equal((await visit.enter(ann, false)).kind, "in-use");
  clock.pass(5_000);
  assert.equal((await visit.enter(ann, false)).kind, "opened");
  clock.pass(10 * hour);
  assert.deepEqual(liveAt(grants), [ann]);
  await visit.leave();
  assert.deepEqual(liveAt(grants), [ann]);
  clock.pass(3 * hour);
  assert.deepEqual(liveAt(grants), []);
});

test("a message that cannot be closed well keeps neither the mailbox nor the grant", async () => {
  const done: string[] = [];
  const mailbox = mailboxWith({
    read: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: Buffer.from("x\n") }),
        async return() {
          done.push("reading ended");
          throw new Error("EIO: a file was not closed well");
        },
      }),
    }),
    close: async () => void done.push("closed"),
  });
  const grants: GrantDesk = {
    opened: async () => ({ granted: true }),
    async closed() {
      done.push("ended");
      return true;
    },
  };
  const open = async () => ({ kind: "opened", mailbox }) as const;
  const visit = new Visit({ mailboxes: { open }, grants, now: () => 0, log }, visitor);
  await visit.enter(ann, false);
  assert.equal(await visit.begin(0), "ready");
  await visit.leave();
  assert.deepEqual(done, ["reading ended", "ended", "closed"]);
});

function mailboxWith(more: Partial<OpenMailbox>): OpenMailbox {
  return {
    messages: [{ size: 3, uid: "u1" }],
    read: () => assert.fail("nobody asked for that"),
    markSeen() {},
    remove: async () => 0,
    close: async () => {},
    ...more,
  };
}
