// What counts against which limit, and when. The sources give the facts as values.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Rates } from "../../core/limits/rate-limits.ts";
import { parseIp } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { AccessVerdict, GrantState, RecipientClass } from "../../core/policy/request.ts";
import { describeReply } from "../../core/smtp/reply.ts";
import { createAdmitMessage } from "./admit-message.ts";
import { createAuthorize } from "./authorize.ts";
import { createReport } from "./report.ts";
import { createSendingLimits } from "./sending-limits.ts";

const hour = 3_600_000;
const noRates: Rates = { client: {}, network: {}, login: {}, grant: {} };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const [trusted, stranger] = [parseIp("10.0.0.1")!, parseIp("192.0.2.1")!];

interface World {
  readonly rates: Partial<Rates>;
  readonly access?: AccessVerdict;
  readonly grant?: GrantState;
  readonly recipient?: RecipientClass;
  /** The recipient is looked up for a moment. */
  readonly slow?: boolean;
}

interface Letter {
  readonly client?: typeof stranger;
  readonly login?: string;
  readonly recipients?: number;
}

/** A server that answers RCPTs and DATA, with a clock that stands still. */
function serve(world: World) {
  const state = { now: 0 };
  const limits = createSendingLimits({
    rates: { ...noRates, ...world.rates },
    isTrusted: (client) => client === trusted,
    elapsed: () => state.now,
  });
  const recipient = known(world.recipient ?? ({ kind: "mailbox" } as const));
  const rules = { networks: [] };
  const report = createReport({ rules, log: silent, keep() {} });
  const authorize = createAuthorize({
    rules,
    sources: {
      access: () =>
        known(world.access ?? { access: "allow", relay: false, skipsBlocklists: false }),
      blocklist: () => known({ listed: false }),
      recipient: () => (world.slow === true ? Promise.resolve(recipient) : recipient),
      grant: () => known(world.grant ?? { kind: "none" }),
      ownsSender: () => known(true),
      limit: (standing) => known(limits.reached(limits.countsAgainst(standing))),
    },
    limits,
    report,
  });
  const admitMessage = createAdmitMessage({ rules, limits, report });

  function ask({ client = stranger, login }: Letter) {
    return authorize({
      id: "7.1",
      listener: "mx",
      hello: "client.example",
      role: "mx",
      tls: "optional",
      client,
      account: login,
      inquiry: undefined,
      access: undefined,
      sender: null,
      recipient: { local: "bob", domain: "example.org" },
    });
  }

  /** Replies to the recipients and to DATA, where some were accepted. */
  async function send(letter: Letter = {}): Promise<readonly string[]> {
    const answers = [];
    for (let index = 0; index < (letter.recipients ?? 1); index++) answers.push(await ask(letter));
    const replies = answers.map(({ reply }) => describeReply(reply));
    const accepted = answers.findLast((answer) => answer.accepted !== undefined)?.accepted;
    if (accepted === undefined) return replies;
    const occasion = { id: "7.2", listener: "mx", hello: "client.example" };
    const refusal = admitMessage(() => occasion, accepted);
    return [...replies, refusal === undefined ? "354" : describeReply(refusal)];
  }

  return { state, ask, send };
}

const ok = "250 2.1.5 Ok, for a mailbox here";
const one = { amount: 1, period: hour };
const putOff = (limit: string) => `450 4.7.1 Limit reached (1 ${limit}); try again later (7.1)`;

describe("a limit on messages", () => {
  test("is used up with DATA, and then puts off recipients, until time has passed", async () => {
    const { state, send, ask } = serve({ rates: { client: { messages: one } } });
    for (let asked = 0; asked < 5; asked++) await ask({});
    assert.deepEqual(await send({ recipients: 2 }), [ok, ok, "354"]);
    assert.deepEqual(await send(), [putOff("message an hour from your address")]);
    state.now = hour - 1;
    assert.deepEqual(await send(), [putOff("message an hour from your address")]);
    state.now = hour;
    assert.deepEqual(await send(), [ok, "354"]);
  });

  test("puts off DATA where another session was faster", async () => {
    // Both have their recipients accepted before either says DATA.
    const { send } = serve({ rates: { client: { messages: one } } });
    const sent = [send(), send()];
    assert.deepEqual((await Promise.all(sent)).map((replies) => replies.at(-1) ?? "").toSorted(), [
      "354",
      "450 4.7.1 Limit reached (1 message an hour from your address); try again later (7.2)",
    ]);
  });
});

describe("a limit on recipients", () => {
  const rates = { client: { recipients: one } };

  test("is used up with RCPT, not with those that are refused", async () => {
    const { send } = serve({ rates });
    assert.deepEqual(await send({ recipients: 2 }), [
      ok,
      putOff("recipient an hour from your address"),
      "354",
    ]);
    const refusing = serve({ rates, recipient: { kind: "no-mailbox" } });
    const replies = await refusing.send({ recipients: 3 });
    assert.deepEqual(new Set(replies), new Set(["550 5.1.1 No such mailbox here (7.1)"]));
  });

  test("holds for those who ask at once", async () => {
    const { ask } = serve({ rates, slow: true });
    const answers = await Promise.all([ask({}), ask({}), ask({})]);
    const codes = answers.map(({ reply }) => String(reply.code));
    assert.deepEqual(codes.toSorted(), ["250", "450", "450"]);
  });
});

describe("a limit counts", () => {
  const all = { messages: one };
  const rates = { client: all, network: all, login: all, grant: all };

  test("a login, and not its address", async () => {
    const { send } = serve({ rates });
    assert.deepEqual(await send({ login: "ann" }), [ok, "354"]);
    assert.deepEqual(await send({ login: "ann" }), [putOff("message an hour for your login")]);
    assert.deepEqual(await send({ login: "bob" }), [ok, "354"]);
    assert.deepEqual(await send(), [ok, "354"]);
  });

  test("a grant's account, and not its address", async () => {
    const { send } = serve({ rates, grant: { kind: "live", account: "ann", covers: true } });
    assert.deepEqual(await send(), [ok, "354"]);
    assert.deepEqual(await send(), [putOff("message an hour for your account")]);
  });

  test("the address where a grant is for other senders", async () => {
    const { send } = serve({ rates, grant: { kind: "live", account: "ann", covers: false } });
    assert.deepEqual(await send(), [ok, "354"]);
    assert.deepEqual(await send(), [putOff("message an hour from your address")]);
  });

  test("nobody in relay.networks", async () => {
    const { send } = serve({ rates });
    for (let message = 0; message < 5; message++) {
      assert.deepEqual(await send({ client: trusted }), [ok, "354"]);
    }
  });

  test("nobody whom an address rule lets relay", async () => {
    const access = { access: "allow", relay: true, skipsBlocklists: true } as const;
    const { send } = serve({ rates, access });
    for (let message = 0; message < 5; message++) assert.deepEqual(await send(), [ok, "354"]);
  });

  test("a login from relay.networks all the same", async () => {
    const { send } = serve({ rates });
    assert.deepEqual(await send({ client: trusted, login: "ann" }), [ok, "354"]);
    assert.deepEqual(await send({ client: trusted, login: "ann" }), [
      putOff("message an hour for your login"),
    ]);
  });
});
