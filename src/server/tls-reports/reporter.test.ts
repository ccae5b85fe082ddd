// Reports from a real store, at times that the test sets.

import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import type { NewMessage } from "../../core/queue/message.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { ReportPlaces } from "../../core/tls-report/record.ts";
import { endOfTime, scratchPlace, scratchStore } from "../../io/store/fixture.test.ts";
import { TlsReporter } from "./reporter.ts";
import type { Session } from "./session-of.ts";
import { SessionTally } from "./tally.ts";
import { writeReport } from "./write-report.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 26, 12);
const log = { info() {}, warn() {}, error() {} };

function sessionOf(domain: string): Session {
  return { domain, policy: { type: "no-policy-found", domain, lines: [], hosts: [] } };
}

const mail: ReportPlaces = { mail: [{ local: "tls", domain: "reports.example" }], web: [] };
const web: ReportPlaces = { mail: [], web: ["https://reports.example/tls"] };

async function setStage(t: TestContext, random = 0) {
  const place = await scratchPlace(t);
  let store = await scratchStore(t, place);
  let ids = 0;
  const stage = {
    time: start,
    isOn: true,
    places: good(mail) as Result<ReportPlaces | undefined, string>,
    postProblem: undefined as string | undefined,
    sent: [] as NewMessage[],
    posted: [] as string[],
    tally: new SessionTally({ store: store.tlsReports, now, log }),
    reporter: makeReporter(),
    /** Counts, and writes it at once. */
    async count(...domains: readonly string[]) {
      for (const domain of domains) stage.tally.note(sessionOf(domain));
      await stage.tally.flush();
    },
    async restart() {
      await Promise.all([stage.reporter.close(), stage.tally.close()]);
      await store.close();
      store = await scratchStore(t, place);
      stage.tally = new SessionTally({ store: store.tlsReports, now, log });
      stage.reporter = makeReporter();
    },
    inQueue: async () =>
      (await store.messages.due({ now: endOfTime, limit: 99, latest: endOfTime })).length,
  };
  function now(): number {
    return stage.time;
  }
  function makeReporter(): TlsReporter {
    return new TlsReporter({
      store: store.tlsReports,
      isOn: () => stage.isOn,
      places: async () => stage.places,
      write: (key, sessions) =>
        writeReport(key, sessions, {
          hostname: "mail.example.org",
          settings: { from: { local: "tls", domain: "example.org" }, organization: "Example" },
          nextId: () => (ids += 16),
          addressee: (address) => ({ address, kind: "relay" }),
          sign: async (octets) => `X-Signed: ${octets.length}\r\n`,
          now,
        }),
      async post(url, octets) {
        if (stage.postProblem !== undefined) return bad(stage.postProblem);
        stage.posted.push(`${url} ${gunzipSync(octets).toString()}`);
        return good(undefined);
      },
      onKept: (letter) => void stage.sent.push(letter),
      now,
      random: () => random,
      log,
    });
  }
  t.after(() => stage.tally.close());
  return stage;
}

/** So many hours after the midnight behind the start. */
function after(hours: number): number {
  return Date.UTC(2026, 10, 27) + hours * hour;
}

describe("a report", () => {
  test("goes out when its day is over, once", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example", "a.example", "b.example");
    await stage.reporter.look();
    stage.time = after(0);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 0, "other hosts' last counts come yet");
    stage.time = after(0.5);
    await stage.reporter.look();
    assert.deepEqual(
      stage.sent.map(({ recipients, sender, tlsWish }) => [recipients.length, sender, tlsWish]),
      Array.from({ length: 2 }, () => [1, { local: "tls", domain: "example.org" }, "optional"]),
    );
    assert.equal(await stage.inQueue(), 2);
    const [signature, content] = stage.sent[0]?.content ?? [];
    assert.equal(Buffer.from(signature ?? []).toString(), `X-Signed: ${content?.length}\r\n`);
    await stage.reporter.look();
    await stage.restart();
    stage.time = after(20);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 2);
    assert.equal(await stage.inQueue(), 2);
  });

  test("has what was counted, and its day", async (t) => {
    const stage = await setStage(t);
    stage.places = good(web);
    await stage.count("a.example", "a.example");
    stage.time = after(0.1);
    await stage.count("a.example");
    stage.time = after(0.5);
    await stage.reporter.look();
    const [posted = ""] = stage.posted;
    const report: unknown = JSON.parse(posted.replace(/^\S+ /, ""));
    assert.deepEqual(report, {
      "organization-name": "Example",
      "date-range": {
        "start-datetime": "2026-11-26T00:00:00Z",
        "end-datetime": "2026-11-26T23:59:59Z",
      },
      "contact-info": "tls@example.org",
      "report-id": "2026-11-26.a.example@mail.example.org",
      policies: [
        {
          policy: { "policy-type": "no-policy-found", "policy-domain": "a.example" },
          summary: { "total-successful-session-count": 2, "total-failure-session-count": 0 },
        },
      ],
    });
  });

  test("goes at another time of the night at another host", async (t) => {
    const stage = await setStage(t, 0.999);
    await stage.count("a.example");
    stage.time = after(3.9);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 0);
    stage.time = after(4);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 1);
  });

  test("goes to nobody who does not ask for it, and is not asked about again", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example");
    stage.time = after(1);
    stage.places = good(undefined);
    await stage.reporter.look();
    stage.places = good(mail);
    stage.time = after(9);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 0);
  });

  test("waits while the DNS is silent, and for nobody longer than two days", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example");
    stage.time = after(1);
    stage.places = bad("no answer");
    await stage.reporter.look();
    stage.places = good(mail);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 0, "it was begun, by whomever");
    stage.time = after(2.1);
    await stage.reporter.look();
    assert.equal(stage.sent.length, 1);
    await stage.count("a.example");
    stage.time = after(3 * 24 + 1);
    await stage.reporter.look();
    stage.time -= 24 * hour;
    await stage.reporter.look();
    assert.equal(stage.sent.length, 1, "forgotten");
  });

  test("goes again where nobody took it by HTTPS", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example");
    stage.time = after(1);
    stage.places = good(web);
    stage.postProblem = "status 500";
    await stage.reporter.look();
    stage.postProblem = undefined;
    stage.time = after(2.1);
    await stage.reporter.look();
    await stage.reporter.look();
    assert.equal(stage.posted.length, 1);
  });

  test("that goes by mail goes, whatever becomes of HTTPS", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example");
    stage.time = after(1);
    stage.places = good({ ...web, ...mail, web: web.web });
    stage.postProblem = "status 500";
    await stage.reporter.look();
    assert.equal(stage.sent.length, 1);
  });

  test("is none of those who do not report", async (t) => {
    const stage = await setStage(t);
    await stage.count("a.example");
    stage.time = after(1);
    stage.isOn = false;
    await stage.reporter.look();
    assert.equal(stage.sent.length, 0);
  });
});

test("what the store does not take is counted later", async (t) => {
  const taken: number[] = [];
  let fails = true;
  const store = {
    async count(sessions: readonly { readonly count: number }[]) {
      if (fails) throw new Error("away");
      taken.push(...sessions.map(({ count }) => count));
    },
  };
  const tally = new SessionTally({ store, now: () => start, log });
  t.after(() => tally.close());
  tally.note(sessionOf("a.example"));
  await tally.flush();
  tally.note(sessionOf("a.example"));
  fails = false;
  await tally.flush();
  assert.deepEqual(taken, [2]);
});
