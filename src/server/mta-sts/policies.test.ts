import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KnownPolicy } from "../../core/mta-sts/plan.ts";
import type { StsPolicy } from "../../core/mta-sts/policy.ts";
import type { StsRecordAnswer } from "../../core/mta-sts/record.ts";
import { bad, good } from "../../core/result.ts";
import type { KeptPolicy } from "../../io/store/sts-policy-store.ts";
import { stsMxPolicy } from "./mx-policy.ts";
import { StsPolicies } from "./policies.ts";
import { StsRefresher } from "./refresher.ts";

const [minute, day] = [60_000, 86_400_000];
const domain = "example.org";
const silent: StsRecordAnswer = { kind: "unknown", why: "no answer" };

function setStage(kept = new Map<string, KeptPolicy>()) {
  const stage = {
    kept,
    fetches: 0,
    reads: 0,
    failures: [] as string[],
    said: [] as string[],
    time: 1_000_000_000_000,
    /** What the DNS and the web say. */
    record: { kind: "id", id: "one" } as StsRecordAnswer,
    policy: { mode: "enforce", mx: ["mx.example.org"], maxAge: 7 * 86_400 } as
      | StsPolicy
      | undefined,
    storeFails: false,
    restart,
    /** The mode of what holds, or nothing. */
    mode: async () => (await policies.find(domain)).policy?.mode ?? "nothing",
    find: () => policies.find(domain),
    refresh: () => refresher.look(),
    async ask(name: string) {
      const policy = stsMxPolicy((of) => policies.find(of));
      const found = await policy(domain, { name, address: "192.0.2.1", port: 25 });
      if (found.kind === "nothing") return `nothing${found.doubt === undefined ? "" : "?"}`;
      if (found.kind === "pass-over") return `${found.outcome.kind}: ${found.outcome.said.text}`;
      return `${found.policy} ${found.tls}${found.isSigned ? " signed" : ""}`;
    },
  };
  const say = (_: object, text: string) => void stage.said.push(text);
  const log = { info: say, warn: say, error: say };
  const store = {
    async find(of: string) {
      stage.reads++;
      if (stage.storeFails) throw new Error("the store is away");
      return kept.get(of);
    },
    async keep(one: KeptPolicy) {
      if (stage.storeFails) throw new Error("the store is away");
      kept.set(one.domain, one);
    },
    async use(of: string, usedAt: number) {
      const before = kept.get(of);
      if (before !== undefined) kept.set(of, { ...before, usedAt });
    },
    stale: async ({ usedSince, fetchedBefore }: { usedSince: number; fetchedBefore: number }) =>
      [...kept.values()].filter(
        ({ policy, usedAt }) => usedAt >= usedSince && policy.fetchedAt < fetchedBefore,
      ),
    async dropExpired(time: number) {
      for (const [key, { policy }] of kept) {
        if (policy.fetchedAt + policy.maxAge * 1_000 < time) kept.delete(key);
      }
    },
  };
  const now = () => stage.time;
  let policies: StsPolicies;
  let refresher: StsRefresher;
  function restart(): void {
    policies = new StsPolicies({
      store,
      record: async () => stage.record,
      async fetch() {
        stage.fetches++;
        const { policy } = stage;
        if (policy !== undefined) return good(policy);
        return bad({ type: "sts-policy-fetch-error", why: "nobody is there" });
      },
      onFetchFailed: (_, { type }) => void stage.failures.push(type),
      now,
      elapsed: now,
      log,
    });
    refresher = new StsRefresher({ store, policies, isOn: () => true, now, log });
  }
  restart();
  return stage;
}

describe("a policy", () => {
  test("is fetched once, by all who ask at once", async () => {
    const stage = setStage();
    const found = await Promise.all(Array.from({ length: 20 }, stage.mode));
    assert.deepEqual(new Set(found), new Set(["enforce"]));
    assert.equal(await stage.mode(), "enforce");
    assert.equal(stage.fetches, 1);
  });

  test("is not looked for without a record, and the store not each time", async () => {
    const stage = setStage();
    for (stage.record of [{ kind: "none" }, silent] as const) {
      assert.equal(await stage.mode(), "nothing");
    }
    assert.equal(stage.fetches, 0);
    assert.equal(stage.reads, 1);
  });

  test("is fetched again when the DNS has another id", async () => {
    const stage = setStage();
    await stage.find();
    stage.record = { kind: "id", id: "two" };
    stage.policy = { mode: "none", mx: [], maxAge: 100 };
    assert.equal(await stage.mode(), "none");
    assert.equal(stage.kept.get(domain)?.policy.id, "two");
  });

  test("goes on while the next one cannot be had, and is asked for now and then", async () => {
    const stage = setStage();
    await stage.find();
    stage.record = { kind: "id", id: "two" };
    stage.policy = undefined;
    for (let times = 0; times < 5; times++) assert.equal(await stage.mode(), "enforce");
    assert.equal(stage.fetches, 2);
    assert.deepEqual(stage.failures, ["sts-policy-fetch-error"]);
    assert.match(stage.said.at(-1) ?? "", /nobody is there; the one that is known holds$/);
    stage.time += 5 * minute;
    await stage.find();
    assert.equal(stage.fetches, 3);
    stage.time += 5 * minute;
    await stage.find();
    assert.equal(stage.fetches, 3, "the pauses grow");
    stage.time += 5 * minute;
    await stage.find();
    assert.equal(stage.fetches, 4);
    stage.record = { kind: "id", id: "three" };
    await stage.find();
    assert.equal(stage.fetches, 5, "another id is another policy");
  });

  test("goes on through a restart, without a record, or an answer of the DNS", async () => {
    const stage = setStage();
    await stage.find();
    stage.policy = undefined;
    for (stage.record of [{ kind: "id", id: "one" }, { kind: "none" }, silent] as const) {
      stage.restart();
      assert.equal(await stage.mode(), "enforce");
    }
    assert.equal(stage.fetches, 1);
  });

  test("ends with its time, and not before", async () => {
    const stage = setStage();
    await stage.find();
    stage.policy = undefined;
    stage.record = silent;
    stage.time += 7 * day - 1;
    assert.equal(await stage.mode(), "enforce");
    stage.time += 1;
    assert.equal(await stage.mode(), "nothing");
    stage.record = { kind: "id", id: "one" };
    assert.equal(await stage.mode(), "nothing");
    assert.equal(stage.fetches, 2);
  });

  test("that holds for no time is not asked for with every mail", async () => {
    const stage = setStage();
    stage.policy = { mode: "enforce", mx: ["mx.example.org"], maxAge: 0 };
    for (let times = 0; times < 5; times++) assert.equal(await stage.mode(), "nothing");
    assert.equal(stage.fetches, 1);
  });

  test("that another host of the store has fetched is not fetched again", async () => {
    const kept = new Map<string, KeptPolicy>();
    const [one, other] = [setStage(kept), setStage(kept)];
    other.record = { kind: "none" };
    assert.equal(await other.mode(), "nothing");
    await one.find();
    other.record = { kind: "id", id: "one" };
    assert.equal(await other.mode(), "enforce");
    assert.equal(other.fetches, 0);
    other.record = silent;
    const third = setStage(kept);
    third.record = silent;
    assert.equal(await third.mode(), "enforce");
  });

  test("that the store does not take counts all the same", async () => {
    const stage = setStage();
    stage.record = { kind: "none" };
    await stage.find();
    stage.record = { kind: "id", id: "one" };
    const { kept } = stage;
    kept.set = () => {
      throw new Error("full");
    };
    assert.equal(await stage.mode(), "enforce");
    assert.match(stage.said.join("\n"), /was not kept/);
  });
});

describe("in the background", () => {
  test("policies in use are fetched each day, so that they do not run out", async () => {
    const stage = setStage();
    await stage.find();
    for (let days = 1; days <= 20; days++) {
      stage.time += day + 1;
      await stage.refresh();
    }
    assert.equal(stage.fetches, 21);
    stage.record = silent;
    assert.equal(await stage.mode(), "enforce");
  });

  test("those that nobody uses are left to run out, and go", async () => {
    const stage = setStage();
    await stage.find();
    for (let days = 1; days <= 50; days++) {
      stage.time += day + 1;
      await stage.refresh();
    }
    assert.equal(stage.fetches, 30);
    assert.equal(stage.kept.size, 0);
  });

  test("what fails does no harm", async () => {
    const stage = setStage();
    await stage.find();
    stage.time += day + 1;
    stage.policy = undefined;
    await stage.refresh();
    assert.equal(await stage.mode(), "enforce");
    stage.storeFails = true;
    await stage.refresh();
    assert.match(stage.said.at(-1) ?? "", /not looked after: the store is away/);
  });
});

describe("a host", () => {
  const testing: StsPolicy = { mode: "testing", mx: ["mx.example.org"], maxAge: 86_400 };
  const none: StsPolicy = { mode: "none", mx: [], maxAge: 86_400 };
  const cases: readonly (readonly [string, Partial<KnownPolicy>, string, string])[] = [
    ["listed", {}, "mx.example.org", "mta-sts verified signed"],
    [
      "not listed",
      {},
      "mx.evil.example",
      "temporary: MTA-STS of example.org does not list mx.evil.example",
    ],
    ["by a wildcard", { mx: ["*.example.org"] }, "mx.example.org", "mta-sts verified signed"],
    ["listed, in testing", testing, "mx.example.org", "mta-sts-testing opportunistic"],
    ["not listed, in testing", testing, "mx.evil.example", "mta-sts-testing opportunistic"],
    ["of a domain that asks for nothing", none, "mx.evil.example", "nothing"],
  ];
  for (const [what, changes, host, expected] of cases) {
    test(what, async () => {
      const stage = setStage();
      if (stage.policy !== undefined) stage.policy = { ...stage.policy, ...changes };
      assert.equal(await stage.ask(host), expected);
    });
  }

  test("may be one that is asked something, where that could not be found out", async () => {
    const stage = setStage();
    stage.policy = undefined;
    for (const record of [silent, { kind: "id", id: "one" }] as const) {
      stage.record = record;
      assert.equal(await stage.ask("mx.example.org"), "nothing?");
    }
    stage.record = { kind: "none" };
    assert.equal(await stage.ask("mx.example.org"), "nothing");
  });

  test("gets nothing while it is not known what holds", async () => {
    const stage = setStage();
    stage.storeFails = true;
    assert.match(await stage.ask("mx.example.org"), /^temporary: whether .* the store is away$/);
  });
});
