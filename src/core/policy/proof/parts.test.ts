// That one member of a part speaks for all of its members, which is what the proof rests on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { decide } from "../decide.ts";
import { known } from "../fact.ts";
import type { BlocklistVerdict, RecipientClass, RelayRequest, TlsState } from "../request.ts";
import type { IpAddress } from "../../mail/ip.ts";
import { addressBits } from "../../mail/ip-number.ts";
import { admittedTo, findAdmissions } from "./admitted.ts";
import { cutSpace, partOf } from "./parts.ts";
import type { RelayPolicy } from "./policy.ts";
import { anyClientOf, anyPolicy, edgesOf, prefixesIn } from "./fixture.test.ts";
import { requestIn, type Situation } from "./situations.ts";
import { contains, type Space } from "./space.ts";

const relayedAt = { file: "b.yaml", line: 99, column: 1 };

const anySituation: fc.Arbitrary<Situation> = fc.record({
  role: fc.constantFrom("mx", "submission"),
  tls: fc.constantFrom<TlsState>("up", "optional", "required"),
  blocklist: fc
    .constantFrom<BlocklistVerdict>({ listed: false }, { listed: true, list: "zen" })
    .map(known),
  sender: fc.constantFrom("empty", "address"),
  recipient: fc
    .constantFrom<RecipientClass>(
      { kind: "mailbox" },
      { kind: "forward" },
      { kind: "closed", why: "not-a-bounce" },
      { kind: "no-mailbox" },
      { kind: "relayed", place: relayedAt },
      { kind: "foreign" },
      { kind: "foreign" },
    )
    .map(known),
});

const anyWords = fc.record({
  sender: fc.constantFrom("ann", "bob%elsewhere.example", '"a b"'),
  domain: fc.constantFrom("example.com", "example.org"),
  recipient: fc.constantFrom("carl", "x!y", "user%host"),
  text: fc.option(fc.constantFrom("see https://zen.example"), { nil: undefined }),
});

/** How `decide` is asked by the server, and how the proof asks it in the same situation. */
const anyQuestion = anyPolicy.chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    asked: fc.array(
      fc.record({ client: anyClientOf(policy), situation: anySituation, words: anyWords }),
      { minLength: 100, maxLength: 100 },
    ),
  }),
);

type Asked = (typeof anyQuestion extends fc.Arbitrary<infer Each> ? Each : never)["asked"][number];

function request(policy: RelayPolicy, { client, situation, words }: Asked): RelayRequest {
  const { role, tls, blocklist, sender, recipient } = situation;
  return {
    role,
    tls,
    client,
    sender: sender === "empty" ? null : { local: words.sender, domain: words.domain },
    recipient: { local: words.recipient, domain: words.domain },
    facts: {
      access: policy.access.access(client),
      login: undefined,
      blocklist: withText(blocklist, words.text),
      limit: known(undefined),
      recipient,
      grant: known({ kind: "none" }),
    },
  };
}

function withText(blocklist: Situation["blocklist"], text: string | undefined) {
  if (!blocklist.known || !blocklist.value.listed || text === undefined) return blocklist;
  return known({ ...blocklist.value, text });
}

describe("the parts of the address space", () => {
  test("decide as their representatives do, in 100,000 random requests", () => {
    let count = 0;
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(anyQuestion, ({ policy, asked }) => {
        const parts = { 4: [...cutSpace(policy, 4)], 6: [...cutSpace(policy, 6)] };
        for (const each of asked) {
          const part = partOf(parts[each.client.version], each.client);
          assert.ok(part !== undefined);
          const access = policy.access.access(part.member);
          const expected = decide(part.rules, requestIn(each.situation, part.member, access));
          const found = decide(policy.rules, request(policy, each));
          assert.deepEqual(
            [found.verdict, found.reason, found.place],
            [expected.verdict, expected.reason, expected.place],
          );
          verdicts.add(found.reason);
          count++;
        }
      }),
      { numRuns: 1000 },
    );
    assert.equal(count, 100_000);
    // Else the property would say little.
    for (const reason of [
      "client-denied",
      "tls-required",
      "blocklisted",
      "local-recipient",
      "relay-domain",
      "trusted-network",
      "access-rule",
      "relaying-denied",
    ]) {
      assert.ok(verdicts.has(reason), reason);
    }
  });

  test("are all of the space, one behind the other", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        for (const version of [4, 6] as const) {
          let next = 0n;
          for (const { first, last, member } of cutSpace(policy, version)) {
            assert.equal(first, next);
            assert.ok(last >= first && member.version === version);
            next = last + 1n;
          }
          assert.equal(next, 1n << BigInt(addressBits[version]));
        }
      }),
    );
  });
});

function isAdmitted(policy: RelayPolicy, client: IpAddress): boolean {
  const situation: Situation = {
    role: "mx",
    tls: "up",
    blocklist: known({ listed: false }),
    sender: "address",
    recipient: known({ kind: "foreign" }),
  };
  const access = policy.access.access(client);
  return decide(policy.rules, requestIn(situation, client, access)).verdict === "accept";
}

function check(policy: RelayPolicy, space: Space, client: IpAddress): void {
  assert.equal(contains(space, client), isAdmitted(policy, client));
}

describe("the admitted space", () => {
  test("is exactly who is relayed for, at every edge and anywhere else", () => {
    const anyCase = anyPolicy.chain((policy) =>
      fc.tuple(
        fc.constant(policy),
        fc.array(anyClientOf(policy), { minLength: 20, maxLength: 20 }),
      ),
    );
    fc.assert(
      fc.property(anyCase, ([policy, clients]) => {
        const space = admittedTo(findAdmissions(policy), "mx");
        for (const client of [...clients, ...prefixesIn(policy).flatMap(edgesOf)])
          check(policy, space, client);
      }),
      { numRuns: 500 },
    );
  });

  test("is empty on submission", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const roles = findAdmissions(policy).map(({ role }) => role);
        assert.ok(!roles.includes("submission"));
      }),
    );
  });
});
