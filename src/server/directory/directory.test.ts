import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/mail/address.ts";
import { createDirectory } from "./directory.ts";

const place = { file: "b.yaml", line: 1, column: 1 };
const via = { host: "127.0.0.1", port: 25 };

async function kindOf(text: string): Promise<string> {
  const domains = [
    { name: "ours.example", deliver: { to: "mailboxes" }, place },
    { name: "behind.example", deliver: { to: "relay", via }, place },
  ] as const;
  const directory = await createDirectory(
    { domains },
    {
      hasAccount: async (key) => ["ann@ours.example", "a%b@ours.example"].includes(key),
      addedDomains: async () => [],
    },
  );
  const address = parseAddress(text);
  assert.ok(address.ok);
  const fact = await directory.classify(address.value);
  assert.ok(fact.known);
  return fact.value.kind;
}

test("a recipient in a domain of ours is a mailbox if there is an account of that very name", async () => {
  assert.equal(await kindOf("ann@ours.example"), "mailbox");
  assert.equal(await kindOf("a%b@ours.example"), "mailbox");
  assert.equal(await kindOf("ann%x@ours.example"), "no-mailbox");
});

test("in a domain that we hand on nobody's local part names another host", async () => {
  assert.equal(await kindOf("ann@behind.example"), "relayed");
  assert.equal(await kindOf("ann+list@behind.example"), "relayed");
  for (const local of ["v%x.example", "x.example!v", '"v@x.example"']) {
    assert.equal(await kindOf(`${local}@behind.example`), "no-mailbox", local);
  }
});

test("all else is foreign, a subdomain of ours too", async () => {
  assert.equal(await kindOf("v%x.example@foreign.example"), "foreign");
  assert.equal(await kindOf("ann@sub.ours.example"), "foreign");
});
