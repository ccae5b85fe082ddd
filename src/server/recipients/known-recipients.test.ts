import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { RelayDelivery } from "../../core/config/settings.ts";
import { parseAddress } from "../../core/mail/address.ts";
import type { CalloutAnswer } from "../../core/recipients/callout-answer.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { KnownRecipients } from "./known-recipients.ts";

const hour = 3_600_000;
const day = 24 * hour;

const deliver: RelayDelivery = {
  to: "relay",
  via: [[{ host: "primary.test", port: 25 }]],
  transport: { tls: "off", implicitTls: false },
  recipients: { kind: "ask", unsure: "defer" },
};

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

const ann = address("ann@example.net");

/** A host that has Ann, unless it is away. */
async function world(t: TestContext) {
  const { recipients: store } = await scratchStore(t);
  const host = { isAway: false, has: new Set(["ann"]), asked: 0, now: 10 * day };
  const known = new KnownRecipients({
    store,
    callout: async ({ local }): Promise<CalloutAnswer> => {
      host.asked++;
      if (host.isAway) return { kind: "unsure", why: "it is away" };
      return { kind: host.has.has(local) ? "exists" : "nobody", said: "its words" };
    },
    now: () => host.now,
    log: { info() {}, warn() {}, error() {} },
  });
  const find = async (local: string) =>
    (await known.find(address(`${local}@example.net`), deliver)).kind;
  return { host, find, store, known };
}

test("a host is asked once, and its word remembered", async (t) => {
  const { host, find } = await world(t);
  assert.equal(await find("ann"), "exists");
  assert.equal(await find("ANN"), "exists");
  assert.equal(await find("bob"), "nobody");
  assert.equal(await find("bob"), "nobody");
  assert.equal(host.asked, 2);
});

test("many at once are one question", async (t) => {
  const { host, find } = await world(t);
  assert.deepEqual(await Promise.all([find("ann"), find("ann"), find("ann")]), [
    "exists",
    "exists",
    "exists",
  ]);
  assert.equal(host.asked, 1);
});

test("while the host is away, what it said holds, and of others nothing is known", async (t) => {
  const { host, find } = await world(t);
  await find("ann");
  await find("bob");
  host.isAway = true;
  host.now += 2 * day;
  assert.equal(await find("ann"), "exists");
  assert.equal(await find("bob"), "nobody");
  assert.equal(await find("carol"), "unsure");
  host.now += 30 * day;
  assert.equal(await find("ann"), "unsure");
  assert.equal(await find("bob"), "unsure");
});

test("whoever is new there is let in after an hour; whoever has left goes in silence", async (t) => {
  const { host, find, store } = await world(t);
  await find("ann");
  await find("bob");
  host.has = new Set(["bob"]);
  assert.equal(await find("bob"), "nobody");
  host.now += hour;
  assert.equal(await find("bob"), "exists");
  host.now += day;
  // Nobody waits for what is most likely true; the answer holds for the next one.
  assert.equal(await find("ann"), "exists");
  t.mock.timers.reset();
  for (let tries = 0; tries < 500; tries++) {
    if ((await store.find("ann@example.net"))?.exists === false) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(await find("ann"), "nobody");
});

test("a host that is slow keeps nobody waiting for long", { timeout: 20_000 }, async (t) => {
  const { recipients: store } = await scratchStore(t);
  const answer = Promise.withResolvers<CalloutAnswer>();
  const known = new KnownRecipients({
    store,
    callout: () => answer.promise,
    now: () => 1,
    log: { info() {}, warn() {}, error() {} },
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const found = known.find(ann, deliver);
  // The store is asked first, by a thread that knows no mock.
  const ticking = setInterval(() => t.mock.timers.tick(1_000), 5);
  assert.equal((await found).kind, "unsure");
  clearInterval(ticking);
  answer.resolve({ kind: "nobody", said: "at last" });
  t.mock.timers.reset();
});

test("recipients that strangers make up do not wait for the hour to be dropped", async () => {
  let drops = 0;
  const known = new KnownRecipients({
    store: {
      keep: async () => {},
      find: async () => undefined,
      list: async () => [],
      drop: async () => false,
      dropBefore: async () => {},
      dropNobodiesBeyond: async () => ++drops,
    },
    callout: async () => ({ kind: "nobody", said: "550 5.1.1 nobody" }),
    now: () => 0,
    log: { info() {}, warn() {}, error() {} },
  });
  for (let index = 0; index < 20_001; index++) {
    await known.find({ local: `n${index}`, domain: "example.net" }, deliver);
  }
  assert.equal(drops, 2);
});
