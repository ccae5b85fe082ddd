import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp, parsePrefix } from "../../mail/ip.ts";
import { decide } from "../decide.ts";
import { known } from "../fact.ts";
import type { KeptDecision } from "../kept-decision.ts";
import type { RelayRequest, RuleSet, TrustedNetwork } from "../request.ts";
import { revisit } from "./revisit.ts";

const client = parseIp("192.0.2.9") ?? assert.fail();

const request: RelayRequest = {
  role: "mx",
  tls: "optional",
  client,
  sender: null,
  recipient: { local: "v", domain: "foreign.example" },
  facts: {
    access: known({ access: "allow", relay: false, skipsBlocklists: false }),
    login: undefined,
    blocklist: known({ listed: false }),
    limit: known(undefined),
    recipient: known({ kind: "foreign" }),
    grant: known({ kind: "none" }),
  },
};

function networkAt(text: string, line: number): TrustedNetwork {
  const prefix = parsePrefix(text) ?? assert.fail(text);
  return { prefix, place: { file: "bailiwick.yaml", line, column: 1 } };
}

/** As a server keeps a decision that it makes by those rules. */
function keep(rules: RuleSet, network?: TrustedNetwork): KeptDecision {
  const occasion = { id: "0fk3v9d2m4a.1", at: 0, listener: "mx", hello: "x" };
  return { ...occasion, request, decision: decide(rules, request), ...(network && { network }) };
}

const around = networkAt("192.0.2.0/24", 7);
const other = networkAt("10.0.0.0/8", 8);

test("by the same rules it is the same", () => {
  for (const networks of [[], [other], [around], [other, around]]) {
    const network = networks.find((each) => each === around);
    const { explanation, today } = revisit({ networks }, keep({ networks }, network));
    assert.equal(today, undefined);
    assert.deepEqual(explanation.decision, decide({ networks }, request));
  }
});

test("a network that is gone since is still seen", () => {
  const { explanation, today } = revisit(
    { networks: [other] },
    keep({ networks: [around] }, around),
  );
  assert.equal(explanation.decision.reason, "trusted-network");
  assert.deepEqual(explanation.rows.at(-1)?.place, around.place);
  assert.equal(today?.reason, "relaying-denied");
});

test("a network that came since is not seen", () => {
  const { explanation, today } = revisit({ networks: [around, other] }, keep({ networks: [] }));
  assert.equal(explanation.decision.reason, "relaying-denied");
  assert.match(explanation.rows.find(({ number }) => number === 11)?.fact ?? "", /not in .*10\.0/);
  assert.equal(today?.reason, "trusted-network");
});

test("a network that has moved to another line is no change", () => {
  const moved = networkAt("192.0.2.0/24", 70);
  const { explanation, today } = revisit(
    { networks: [moved] },
    keep({ networks: [around] }, around),
  );
  assert.equal(today, undefined);
  assert.equal(explanation.decision.place?.line, 7);
});

test("what another version of the program decided otherwise stays as it was", () => {
  const kept = keep({ networks: [] });
  const decision = { verdict: "refuse", reason: "blocklisted", detail: "zen.example" } as const;
  const { explanation, today } = revisit({ networks: [] }, { ...kept, decision });
  assert.deepEqual(explanation.decision, decision);
  assert.equal(today?.reason, "relaying-denied");
});
