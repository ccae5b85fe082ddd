import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import { ann, home, ip } from "./fixture.test.ts";
import { GrantInquiries } from "./grant-inquiries.ts";
import type { GrantInquiry } from "./inquiry.ts";

const login: MailboxLogin = { source: "relay-table", account: undefined, client: home, at: 0 };

function world(...sources: readonly GrantInquiry["ask"][]) {
  let now = 0;
  const opened: MailboxLogin[] = [];
  const inquiries = new GrantInquiries({
    sources: sources.map((ask, index) => ({ name: `table ${index}`, ask })),
    desk: {
      async opened(told) {
        opened.push(told);
        return told.account === ann ? { granted: false, why: "excluded" } : { granted: true };
      },
    },
    elapsed: () => now,
  });
  return { inquiries, opened, pass: (milliseconds: number) => void (now += milliseconds) };
}

/** Answers with this, and counts. */
function answering(answer: Fact<readonly MailboxLogin[]>) {
  const source = { asked: 0, ask: async () => (source.asked++, answer) };
  return source;
}

const nothing = known([]);
const silent = () => new Promise<never>(() => {});

suite("sources that are asked", () => {
  test("open grants with the logins that they know of", async () => {
    const { inquiries, opened } = world(answering(known([login])).ask, answering(nothing).ask);
    assert.deepEqual(await inquiries.ask(home), known(true));
    assert.deepEqual(opened, [login]);
  });

  test("that know nothing are asked again, but not by whoever does not leave off", async () => {
    const table = answering(nothing);
    const { inquiries, pass } = world(table.ask);
    const often = async (client: IpAddress, times: number) => {
      for (let time = 0; time < times; time++) {
        assert.deepEqual(await inquiries.ask(client), known(false));
      }
      return table.asked;
    };
    assert.equal(await often(home, 4), 4);
    assert.equal(await often(home, 20), 5);
    assert.equal(await often(ip("203.0.113.10"), 1), 6, "another client");
    pass(9_999);
    assert.equal(await often(home, 1), 6);
    pass(1);
    assert.equal(await often(home, 20), 11);
  });

  test("are asked once by all who wait for the same answer", async () => {
    const table = answering(known([login]));
    const { inquiries } = world(table.ask);
    await Promise.all(Array.from({ length: 50 }, () => inquiries.ask(home)));
    assert.equal(table.asked, 1);
  });

  test("and whose logins open nothing have not opened anything", async () => {
    const { inquiries } = world(answering(known([{ ...login, account: ann }])).ask);
    assert.deepEqual(await inquiries.ask(home), known(false));
  });

  test("that fail leave it open, unless another knows", async () => {
    const down = answering(unknown("the database is down"));
    const { inquiries, pass } = world(down.ask);
    assert.deepEqual(await inquiries.ask(home), unknown("the database is down"));
    await inquiries.ask(home);
    assert.equal(down.asked, 1);
    pass(3_000);
    await inquiries.ask(home);
    assert.equal(down.asked, 2);
    const both = world(down.ask, answering(known([login])).ask);
    assert.deepEqual(await both.inquiries.ask(home), known(true));
    const broken = world(() => Promise.reject(new Error("a bug")));
    assert.deepEqual(await broken.inquiries.ask(home), unknown("table 0: a bug"));
  });

  test("that hang hold nobody for long, and are not asked without end", async (t: TestContext) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let asked = 0;
    const { inquiries } = world(() => (asked++, silent()));
    const clients = Array.from({ length: 30 }, (_, index) => ip(`203.0.113.${index}`));
    const answers = clients.map((client) => inquiries.ask(client));
    assert.deepEqual(await answers[29], unknown("too many questions wait for an answer"));
    t.mock.timers.tick(2_000);
    const late = unknown("table 0 did not answer in 2 seconds");
    assert.deepEqual(
      await Promise.all(answers.slice(0, 20)),
      Array.from({ length: 20 }, () => late),
    );
    assert.equal(asked, 20);
    // They hang still.
    const next = await inquiries.ask(ip("203.0.113.99"));
    assert.deepEqual(next, unknown("too many questions wait for an answer"));
  });
});
