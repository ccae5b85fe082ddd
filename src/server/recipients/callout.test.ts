import assert from "node:assert/strict";
import { test } from "node:test";
import type { RelayDelivery } from "../../core/config/settings.ts";
import type { Job, Outcome } from "../delivery/job.ts";
import { createCallout } from "./callout.ts";

const deliver: RelayDelivery = {
  to: "relay",
  via: [[{ host: "primary.example", port: 25 }]],
  transport: { tls: "opportunistic", implicitTls: false },
  recipients: { kind: "ask", unsure: "defer" },
};

const exists: Outcome = {
  kind: "delivered",
  said: { status: "2.1.5", text: "250 2.1.5 Ok", remote: true },
};

/** Asks about somebody for whom that is the outcome, and then about somebody who is there. */
async function askAfter(outcome: Outcome): Promise<string> {
  const outcomes = [outcome, exists];
  const submit = ({ recipients, report }: Job) => {
    const [recipient] = recipients;
    const [next = exists] = outcomes.splice(0, 1);
    assert.ok(recipient);
    report(undefined, [{ recipient, outcome: next }]);
  };
  const callout = createCallout({
    lanes: { of: () => ({ submit, close() {} }) },
    elapsed: () => 0,
  });
  await callout({ local: "one", domain: "example.org" }, deliver);
  return (await callout({ local: "two", domain: "example.org" }, deliver)).kind;
}

test("a host that is away is not asked again at once", async () => {
  const said = { status: "4.4.1", text: "refused the connection", remote: false };
  assert.equal(await askAfter({ kind: "temporary", said }), "unsure");
});

test("a recipient about whom the host cannot be asked does not keep it from being asked", async () => {
  const said = { status: "5.6.7", text: "the host does not offer SMTPUTF8", remote: false };
  assert.equal(await askAfter({ kind: "permanent", said }), "exists");
  assert.equal(await askAfter(exists), "exists");
});
