import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Address, formatAddress, parseAddress } from "../../core/mail/address.ts";
import type { Store } from "../../io/store/store.ts";
import { scratchStore } from "../../io/store/fixture.test.ts";
import { createReturnPaths } from "../forwards/return-paths.ts";
import { createDirectory, type Directory, type DirectorySource } from "./directory.ts";

const day = 24 * 60 * 60 * 1000;
const now = 1_795_698_557_000;
const srs = createReturnPaths("secret");
import { createRelayedRecipients } from "../recipients/relayed-recipients.ts";

const place = { file: "b.yaml", line: 1, column: 1 };
const via = [[{ host: "127.0.0.1", port: 25 }]];
const transport = { tls: "opportunistic", implicitTls: false } as const;
const settings = {
  domains: [
    { name: "ours.example", deliver: { to: "mailboxes" }, place },
    {
      name: "behind.example",
      deliver: { to: "relay", via, transport, recipients: { kind: "all" } },
      place,
    },
    { name: "news.example", deliver: { to: "none" }, place },
  ],
  postmaster: "boss@ours.example",
} as const;

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

async function directoryOn(store: Store): Promise<Directory> {
  const source: DirectorySource = {
    holderOf: (keys) => store.addresses.holderOf(keys),
    admits: (forward, sender) => store.forwards.admits(forward, sender),
    maySendAs: (account, keys) => store.addresses.maySendAs(account, keys),
    addedDomains: () => store.domains.list(),
    relayed: createRelayedRecipients({ list: () => undefined, asked: undefined }),
  };
  return createDirectory(settings, source, { srs, now: () => now });
}

/** Ann with an alias and a name with a plus in it, Bob who takes the rest of added.example, and Carol
 * who may send as others. */
async function world(t: TestContext): Promise<{ store: Store; directory: Directory }> {
  const store = await scratchStore(t);
  await store.domains.add({ name: "added.example", createdAt: 1, sendOnly: false });
  await store.domains.add({ name: "mute.example", createdAt: 1, sendOnly: true });
  const accounts = [
    "ann@ours.example",
    "a%b@ours.example",
    "ann+lists@ours.example",
    "bob@added.example",
    "carol@ours.example",
    "app@news.example",
    "app@mute.example",
  ];
  for (const name of accounts) {
    await store.accounts.add({
      address: address(name),
      credentials: null,
      disabled: false,
      createdAt: 1,
    });
  }
  for (const [key, account, kind] of [
    ["info@ours.example", "ann@ours.example", "alias"],
    ["bob+ann@added.example", "ann@ours.example", "alias"],
    ["@added.example", "bob@added.example", "alias"],
    ["team@ours.example", "carol@ours.example", "send-as"],
    ["@elsewhere.example", "carol@ours.example", "send-as"],
  ] as const) {
    assert.equal(await store.addresses.add({ key, account, kind }), "added", key);
  }
  return { store, directory: await directoryOn(store) };
}

const stranger = address("stranger@elsewhere.example");

async function kindOf(directory: Directory, text: string): Promise<string> {
  const fact = await directory.classify(address(text), stranger);
  assert.ok(fact.known);
  return fact.value.kind;
}

test("mail finds its account: by name, by alias, without a detail, by catch-all, at last the postmaster", async (t) => {
  const { directory } = await world(t);
  const expected = {
    "ann@ours.example": "ann@ours.example",
    "ANN@ours.example": "ann@ours.example",
    "a%b@ours.example": "a%b@ours.example",
    "info@ours.example": "ann@ours.example",
    "ann+x+y@ours.example": "ann@ours.example",
    "info+x@ours.example": "ann@ours.example",
    "ann+lists@ours.example": "ann+lists@ours.example",
    "bob+ann@added.example": "ann@ours.example",
    "bob+x@added.example": "bob@added.example",
    "anybody@added.example": "bob@added.example",
    "postmaster@added.example": "bob@added.example",
    "Postmaster@ours.example": "boss@ours.example",
    "nobody@ours.example": undefined,
    "nobody+ann@ours.example": undefined,
    "ann%x@ours.example": undefined,
    "+ann@ours.example": undefined,
    "team@ours.example": undefined,
  };
  for (const [recipient, account] of Object.entries(expected)) {
    const way = await directory.way(address(recipient), stranger, now);
    const found = way?.kind === "mailbox" ? formatAddress(way.account) : way;
    assert.equal(found, account, recipient);
    const kind = account === undefined ? "no-mailbox" : "mailbox";
    assert.equal(await kindOf(directory, recipient), kind, recipient);
  }
});

test("a domain that only sends takes no mail, neither for its accounts nor for its postmaster", async (t) => {
  const { directory } = await world(t);
  for (const domain of ["news.example", "mute.example"]) {
    for (const local of ["app", "app+x", "postmaster", "nobody"]) {
      assert.equal(await kindOf(directory, `${local}@${domain}`), "no-mailbox", domain);
      assert.equal(await directory.way({ local, domain }, stranger, now), undefined);
    }
  }
});

test("in a domain that we hand on nobody's local part names another host", async (t) => {
  const { directory } = await world(t);
  assert.equal(await kindOf(directory, "ann@behind.example"), "relayed");
  assert.equal(await kindOf(directory, "ann+list@behind.example"), "relayed");
  for (const local of ["v%x.example", "x.example!v", '"v@x.example"']) {
    assert.equal(await kindOf(directory, `${local}@behind.example`), "no-mailbox", local);
  }
});

test("all else is foreign, a subdomain of ours too, and nobody has to look", async (t) => {
  const { directory } = await world(t);
  for (const text of ["v%x.example@foreign.example", "ann@sub.ours.example"]) {
    assert.ok(!(directory.classify(address(text), null) instanceof Promise));
    assert.equal(await kindOf(directory, text), "foreign");
  }
});

test("an account sends as all that leads to it and as what it was given, and as nobody else", async (t) => {
  const { directory } = await world(t);
  const sendsAs = async (account: string, sender: string) => {
    const fact = await directory.ownsSender(address(account), address(sender));
    assert.ok(fact.known);
    return fact.value;
  };
  const own = {
    "ann@ours.example": ["ANN@ours.example", "ann+x@ours.example", "info@ours.example"],
    "bob@added.example": ["sales@added.example", "bob+x@added.example", "x+y@added.example"],
    "carol@ours.example": ["team@ours.example", "team+x@ours.example", "any@elsewhere.example"],
    "app@news.example": ["app@news.example", "app+7@news.example"],
    "jim@classic.example": ["jim@classic.example", "jim+x@classic.example"],
  };
  const others = {
    "ann@ours.example": ["carol@ours.example", "ann+lists@ours.example", "ann@added.example"],
    "bob@added.example": ["bob+ann@added.example", "bob@ours.example", "info@ours.example"],
    "carol@ours.example": ["any@ours.example", "ann@ours.example", "x@sub.elsewhere.example"],
    "app@news.example": ["x@news.example", "app@mute.example"],
    "jim@classic.example": ["x@classic.example", "jim@ours.example"],
  };
  for (const [account, senders] of Object.entries(own)) {
    for (const sender of senders) assert.equal(await sendsAs(account, sender), true, sender);
  }
  for (const [account, senders] of Object.entries(others)) {
    for (const sender of senders) assert.equal(await sendsAs(account, sender), false, sender);
  }
});

test("whoever catches the rest of a domain does not send as those who have an address there", async (t) => {
  const { store, directory } = await world(t);
  const bob = address("bob@added.example");
  const eve = address("eve@added.example");
  assert.deepEqual(await directory.ownsSender(bob, eve), { known: true, value: true });
  await store.accounts.add({ address: eve, credentials: null, disabled: false, createdAt: 1 });
  assert.deepEqual(await directory.ownsSender(bob, eve), { known: true, value: false });
});

test("nobody and oneself are any login's sender, even while the store is away", async (t) => {
  const { store, directory } = await world(t);
  await store.close();
  const ann = address("ann@ours.example");
  assert.deepEqual(directory.ownsSender(ann, null), { known: true, value: true });
  assert.deepEqual(directory.ownsSender(ann, ann), { known: true, value: true });

  assert.equal((await directory.ownsSender(ann, address("info@ours.example"))).known, false);
  assert.equal((await directory.classify(ann, null)).known, false);
});

test("a forward takes mail of its address, its details, the rest of a domain, and of the postmaster", async (t) => {
  const { store, directory } = await world(t);
  const plain = { keep: null, owner: null, membersOnly: false };
  const onward = (key: string) => store.forwards.put({ ...plain, key }, [stranger]);
  await onward("sales@ours.example");
  await onward("@ours.example");
  for (const [recipient, key] of [
    ["sales@ours.example", "sales@ours.example"],
    ["Sales+x@ours.example", "sales@ours.example"],
    ["nobody@ours.example", "@ours.example"],
  ] as const) {
    const way = await directory.way(address(recipient), stranger, now);
    assert.deepEqual(way, { kind: "forward", key }, recipient);
    assert.equal(await kindOf(directory, recipient), "forward");
  }
  assert.equal(await kindOf(directory, "ann@ours.example"), "mailbox");

  const root = address("postmaster@added.example");
  await store.forwards.remove("@ours.example");
  await store.addresses.remove("@added.example", "bob@added.example");
  assert.equal((await directory.way(root, null, now))?.kind, "mailbox");
  await onward("boss@ours.example");
  const boss = { kind: "forward", key: "boss@ours.example" } as const;
  assert.deepEqual(await directory.way(root, null, now), boss);
});

test("a list of its members' takes mail from no stranger", async (t) => {
  const { store, directory } = await world(t);
  const rule = { key: "list@ours.example", keep: null, owner: null, membersOnly: true };
  await store.forwards.put(rule, [address("Member@elsewhere.example")]);
  const list = address("list@ours.example");
  const from = async (sender: Address | null) => {
    const fact = await directory.classify(list, sender);
    assert.ok(fact.known);
    return fact.value;
  };
  assert.deepEqual(await from(address("member@elsewhere.example")), { kind: "forward" });
  const closed = { kind: "closed", why: "members-only" } as const;
  assert.deepEqual(await from(stranger), closed);
  assert.deepEqual(await from(null), closed);
});

test("a return path takes bounces alone, while it is young, and leads back", async (t) => {
  const { directory } = await world(t);
  const back = (at: number) => srs.forward(stranger, "ours.example", at);
  const classified = (recipient: Address, sender: Address | null) => {
    const fact = directory.classify(recipient, sender);
    assert.ok(!(fact instanceof Promise) && fact.known);
    return fact.value;
  };
  assert.deepEqual(classified(back(now), null), { kind: "forward" });
  assert.deepEqual(await directory.way(back(now), null, now), { kind: "return", to: stranger });
  assert.deepEqual(classified(back(now), stranger), { kind: "closed", why: "not-a-bounce" });
  assert.equal(await directory.way(back(now), stranger, now), undefined);
  const old = back(now - 22 * day);
  assert.deepEqual(classified(old, null), { kind: "closed", why: "expired" });
  // What was taken in time goes back, however long it has waited since.
  assert.deepEqual(await directory.way(old, null, now - day), { kind: "return", to: stranger });
  const forged = { ...back(now), local: back(now).local.replace("stranger", "victim") };
  assert.deepEqual(classified(forged, null), { kind: "closed", why: "forged" });
  assert.equal(await directory.way(forged, null, now), undefined);
  const foreign = { ...back(now), domain: "foreign.example" };
  assert.deepEqual(classified(foreign, null), { kind: "foreign" });
});
