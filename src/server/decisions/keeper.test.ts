// On a real store whose writes can be made to fail.

import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import { formatDecisionId } from "../../core/policy/decision-id.ts";
import type { RuleSet } from "../../core/policy/request.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import type { DecisionStore } from "../../io/store/decision-store.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { DecisionKeeper, type MadeDecision } from "./keeper.ts";

const client = parseIp("203.0.113.9") ?? assert.fail();
const rules: RuleSet = { networks: [{ prefix: { address: client, length: 24 } }] };

function made(session: number, changes: Partial<MadeDecision> = {}): MadeDecision {
  return {
    id: formatDecisionId(formatMessageId(session), 1),
    listener: "mx",
    hello: "client.example",
    request: {
      role: "mx",
      tls: "optional",
      client,
      sender: null,
      recipient: { local: "v", domain: "foreign.example" },
      facts: {
        access: known({ access: "allow", relay: false, skipsBlocklists: false }),
        login: undefined,
        blocklist: known({ listed: false }),
        limit: known("10 an hour"),
        recipient: known({ kind: "foreign" }),
        grant: known({ kind: "none" }),
      },
    },
    decision: { verdict: "defer", reason: "rate-limited", detail: "10 an hour" },
    rules,
    ...changes,
  };
}

interface Stage {
  readonly keeper: DecisionKeeper;
  readonly store: DecisionStore;
  readonly settings: { keep: "refused" | "all"; for: number; atMost: number };
  readonly log: string[];
  /** What the next writes fail with; undefined for none. */
  fault: Error | undefined;
  writes: number;
  now: number;
  /** Lets time go by, and what it started come to an end. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

async function setStage(t: TestContext): Promise<Stage> {
  const { decisions: store } = await scratchStore(t);
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const note = (fields: object, text: string) =>
    void stage.log.push(`${"event" in fields ? String(fields.event) : ""}: ${text}`);
  const settings = { keep: "refused", for: 1_000_000, atMost: 1_000 } as Stage["settings"];
  const keeper = new DecisionKeeper({
    store: {
      ...store,
      async keep(decisions) {
        stage.writes++;
        if (stage.fault !== undefined) throw stage.fault;
        return store.keep(decisions);
      },
    },
    settings: () => settings,
    now: () => stage.now,
    log: { info: note, warn: note, error: note },
  });
  const stage: Stage = {
    keeper,
    store,
    settings,
    log: [],
    fault: undefined,
    writes: 0,
    now: 1_000,
    pass: async (milliseconds) => {
      stage.now += milliseconds;
      t.mock.timers.tick(milliseconds);
      // The store's thread answers in its own time.
      for (let turn = 0; turn < 20; turn++) await store.count();
    },
  };
  t.after(() => keeper.close());
  return stage;
}

suite("decisions", () => {
  test("are found at once, and written within a second", async (t) => {
    const { keeper, store, pass } = await setStage(t);
    keeper.note(made(1));
    const id = made(1).id;
    assert.equal(await store.count(), 0);
    assert.equal((await keeper.find(id))?.at, 1_000);
    assert.deepEqual(
      (await keeper.ofClient(client, 10)).map((kept) => kept.id),
      [id],
    );
    await pass(900);
    const written = await store.find(id);
    assert.equal(written?.at, 1_000);
    assert.equal(written.network?.prefix.length, 24);
    assert.deepEqual(await keeper.find(id), written);
    keeper.note(made(2));
    assert.deepEqual(
      (await keeper.ofClient(client, 10)).map((kept) => kept.id),
      [made(2).id, id],
    );
    assert.equal((await keeper.ofClient(client, 1)).length, 1);
  });

  test("that accept are kept where it is wanted", async (t) => {
    const { keeper, store, settings } = await setStage(t);
    const accepted = { verdict: "accept", deliver: "relay", reason: "trusted-network" } as const;
    keeper.note(made(1, { decision: accepted }));
    settings.keep = "all";
    keeper.note(made(2, { decision: accepted }));
    await keeper.close();
    assert.equal(await store.count(), 1);
  });

  test("gather into few writes", async (t) => {
    const stage = await setStage(t);
    for (let session = 1; session <= 600; session++) stage.keeper.note(made(session));
    await stage.pass(500);
    assert.equal(await stage.store.count(), 600);
    assert.equal(stage.writes, 6);
  });

  test("stay within their count, from the oldest on", async (t) => {
    const { keeper, store, settings, pass } = await setStage(t);
    settings.atMost = 50;
    for (let round = 0; round < 4; round++) {
      for (let session = 1; session <= 300; session++) keeper.note(made(round * 300 + session));
      await pass(500);
      assert.equal(await store.count(), 50);
    }
    assert.ok(await store.find(made(1_200).id));
    assert.ok(await store.find(made(1_151).id));
    assert.equal(await store.find(made(1_150).id), undefined);
  });

  test("go when they are too old, even if no new ones come", async (t) => {
    const { keeper, store, settings, pass } = await setStage(t);
    settings.for = 100_000;
    keeper.start();
    keeper.note(made(1));
    await pass(500);
    assert.equal(await store.count(), 1);
    await pass(60_000);
    assert.equal(await store.count(), 1);
    await pass(60_000);
    assert.equal(await store.count(), 0);
  });

  test("that cannot be written are remembered, and written when they can be", async (t) => {
    const stage = await setStage(t);
    const { keeper, store, pass, log } = stage;
    stage.fault = new Error("the disk is full");
    for (let session = 1; session <= 300; session++) keeper.note(made(session));
    await pass(500);
    keeper.note(made(301));
    for (let round = 0; round < 5; round++) await pass(30_000);
    assert.deepEqual(log, [
      "decisions-not-kept: decisions cannot be kept, only the last 10000 are remembered: the disk is full",
    ]);
    assert.ok(stage.writes <= 6, `${stage.writes} tries`);
    assert.ok(await keeper.find(made(1).id));
    stage.fault = undefined;
    await pass(30_000);
    assert.equal(await store.count(), 301);
    assert.match(log[1] ?? "", /^decisions-kept-again: .* 0 were given up/);
    assert.equal(log.length, 2);
  });

  test("are given up, the oldest first, where too many cannot be written", async (t) => {
    const stage = await setStage(t);
    const { keeper, store, pass, log } = stage;
    stage.settings.atMost = 100_000;
    stage.fault = new Error("the disk is full");
    for (let session = 1; session <= 25_000; session++) {
      keeper.note(made(session));
      if (session % 5_000 === 0) await pass(30_000);
    }
    assert.equal(await keeper.find(made(1).id), undefined);
    assert.ok(await keeper.find(made(25_000).id));
    stage.fault = undefined;
    await pass(30_000);
    await keeper.close();
    const count = await store.count();
    assert.ok(count <= 10_000 && count > 9_500, `${count}`);
    assert.equal(log.length, 2);
    assert.match(log[1] ?? "", new RegExp(` ${25_000 - count} were given up`));
  });

  test("that come faster than they can be written are given up, and the log says so once", async (t) => {
    const { keeper, store, pass, log, settings } = await setStage(t);
    settings.atMost = 100_000;
    for (let session = 1; session <= 12_000; session++) keeper.note(made(session));
    await pass(500);
    while ((await store.count()) < 10_000) await pass(0);
    keeper.note(made(20_000));
    await pass(500);
    assert.deepEqual(
      log.map((line) => line.split(":")[0]),
      ["decisions-not-kept", "decisions-kept-again"],
    );
    assert.match(log[0] ?? "", /more of them come than can be written$/);
    assert.match(log[1] ?? "", / 2000 were given up/);
  });

  test("cost the one who makes them next to nothing", async (t) => {
    const { keeper } = await setStage(t);
    const all = Array.from({ length: 10_000 }, (_, session) => made(session + 1));
    const begin = performance.now();
    for (const each of all) keeper.note(each);
    const each = ((performance.now() - begin) * 1_000) / all.length;
    t.diagnostic(`${each.toFixed(2)} µs each`);
    assert.ok(each < 50, `${each} µs`);
  });
});
