import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Address, formatAddress, formatReversePath, parseAddress } from "../mail/address.ts";
import type { NewMessage, QueuedMessage } from "../queue/message.ts";
import type { Srs } from "../srs/srs.ts";
import { type Onward, sendOn } from "./onward.ts";

const head = new TextEncoder().encode("Delivered-To: info@ours.example\r\n");

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const packing: Srs = {
  forward: ({ local, domain: host }, domain) => ({ local: `SRS0=x=AA=${host}=${local}`, domain }),
  reverse: () => undefined,
};

const message: QueuedMessage = {
  id: 7,
  receivedAt: 1,
  sender: address("alice@away.example"),
  smtputf8: false,
  size: 100,
  eightBit: false,
  login: "alice@away.example",
  tlsWish: "required",
  isJunk: true,
  recipients: [],
};

function sent(onward: Partial<Onward>, changes: Partial<QueuedMessage> = {}) {
  let id = 10;
  const targets = [address("bob@far.example"), address("ann@ours.example")];
  return sendOn(
    { ...message, ...changes },
    address("info@ours.example"),
    { targets, owner: null, ...onward },
    head,
    {
      srs: packing,
      isOurs: (domain) => domain === "ours.example",
      kindOf: ({ domain }) => (domain === "ours.example" ? "local" : "relay"),
      nextId: () => id++,
      now: 5,
    },
  );
}

function messages(...args: Parameters<typeof sent>): readonly NewMessage[] {
  const made = sent(...args);
  assert.ok(made.ok);
  return made.value;
}

function described(made: readonly NewMessage[]): readonly string[] {
  return made.map(({ sender, recipients }) => {
    const to = recipients.map(({ kind, address: each }) => `${kind} ${formatAddress(each)}`);
    return `<${formatReversePath(sender)}> ${to.join(", ")}`;
  });
}

suite("in whose name mail is sent on", () => {
  test("abroad in one of ours, at home in that of whoever wrote", () => {
    assert.deepEqual(described(messages({})), [
      "<alice@away.example> local ann@ours.example",
      "<SRS0=x=AA=away.example=alice@ours.example> relay bob@far.example",
    ]);
  });

  test("one of our own goes as it is", () => {
    const made = messages({}, { sender: address("carl@ours.example") });
    assert.deepEqual(described(made), [
      "<carl@ours.example> local ann@ours.example",
      "<carl@ours.example> relay bob@far.example",
    ]);
  });

  test("a list in its owner's, so that bounces come there", () => {
    const owner = address("boss@ours.example");
    assert.deepEqual(described(messages({ owner })), [
      "<boss@ours.example> local ann@ours.example",
      "<boss@ours.example> relay bob@far.example",
    ]);
  });

  test("mail from nobody stays nobody's, of a list as well", () => {
    const owner = address("boss@ours.example");
    for (const made of [messages({}, { sender: null }), messages({ owner }, { sender: null })]) {
      assert.deepEqual(described(made), ["<> local ann@ours.example", "<> relay bob@far.example"]);
    }
  });

  test("a sender that cannot be packed is said, where it would have to be", () => {
    const sender = { local: "a".repeat(64), domain: `${"b".repeat(60)}.`.repeat(3) + "example" };
    assert.equal(sent({}, { sender }).ok, false);
    assert.equal(sent({ targets: [address("ann@ours.example")] }, { sender }).ok, true);
  });
});

test("what is sent on has all of the message behind its own field, and no login", () => {
  const [first] = messages({ targets: [address("bob@far.example")] });
  assert.deepEqual(first, {
    id: 10,
    receivedAt: 5,
    sender: address("SRS0=x=AA=away.example=alice@ours.example"),
    smtputf8: false,
    size: 100 + head.length,
    eightBit: false,
    origin: {},
    tlsWish: "required",
    isJunk: true,
    recipients: [{ address: address("bob@far.example"), kind: "relay" }],
    stashed: 0,
    content: [head],
    copyOf: 7,
  });
});

test("targets whose names are not ASCII need SMTPUTF8, whatever the message was", () => {
  assert.equal(messages({ targets: [address("müller@far.example")] })[0]?.smtputf8, true);
  assert.equal(messages({}, { smtputf8: true })[0]?.smtputf8, true);
});

test("a long list goes in several messages, and forgets nobody", () => {
  const targets = Array.from({ length: 2_500 }, (_, at) => address(`m${at}@far.example`));
  const made = messages({ targets });
  assert.deepEqual(
    made.map(({ recipients }) => recipients.length),
    [1000, 1000, 500],
  );
  assert.deepEqual(
    made.flatMap(({ recipients }) => recipients.map((each) => each.address)),
    targets,
  );
  assert.equal(new Set(made.map(({ id }) => id)).size, 3);
});
