import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TlsWish } from "../../core/queue/message.ts";
import type { Demand, Finding } from "./mx-policy.ts";
import { createMxTerms, type TlsEvent } from "./mx-terms.ts";

const candidate = { name: "mx.example", address: "192.0.2.1", port: 25 };
const secure = () => () => assert.fail("nothing is connected here");

const nothing: Finding = { kind: "nothing", isSigned: false };
const doubtful: Finding = { ...nothing, doubt: "no answer" };
const signed: Finding = { kind: "nothing", isSigned: true };
const demand: Demand = {
  kind: "demand",
  policy: "dane",
  tls: "verified",
  isSigned: true,
  text: [],
};
const weak: Demand = { ...demand, tls: "required", mayBeRaised: true };
const testing: Demand = {
  ...demand,
  policy: "mta-sts-testing",
  tls: "opportunistic",
  isSigned: false,
};
const enforced: Demand = { ...demand, policy: "mta-sts" };
const passOver: Finding = {
  kind: "pass-over",
  policy: "dane",
  text: [],
  outcome: { kind: "temporary", said: { status: "4.7.5", text: "no", remote: false } },
  failure: { type: "dnssec-invalid", why: "no" },
};

/** `tls policy`, `tls-named policy` where the host's name is trusted, or the status of the refusal. */
async function ask(
  findings: readonly Finding[],
  wish?: TlsWish,
  onTls?: (event: TlsEvent) => void,
) {
  const policies = findings.map((found) => async () => found);
  const terms = createMxTerms({
    domain: "example.org",
    hostname: "us.example",
    wish,
    policies,
    secure,
    ...(onTls && { onTls }),
  });
  if (!terms.ok) return terms.problem.said.status;
  const found = await terms.value(candidate);
  if (!found.ok) return found.problem.said.status;
  const { tls, policy, isNameTrusted, requireTls } = found.value.session;
  assert.equal(requireTls, wish === "required");
  found.value.onTls?.({ failure: undefined, doubt: undefined, localAddress: "192.0.2.9" });
  return `${tls}${isNameTrusted === true ? "-named" : ""}${policy === undefined ? "" : ` ${policy}`}`;
}

suite("what is asked of a host", () => {
  const cases: readonly (readonly [string, readonly Finding[], string, TlsWish?])[] = [
    ["nothing where nobody looks", [], "opportunistic"],
    ["nothing where no policy speaks", [nothing, nothing], "opportunistic"],
    ["what the first policy says, before any other", [demand, enforced], "verified-named dane"],
    [
      "what a later one says, where the first is silent",
      [nothing, enforced],
      "verified-named mta-sts",
    ],
    ["more than the first says, where it lets others", [weak, enforced], "verified-named mta-sts"],
    ["and never less", [weak, testing], "required-named dane"],
    ["little, while it is tested", [nothing, testing], "opportunistic mta-sts-testing"],
    ["nothing, where it is passed over", [passOver, enforced], "4.7.5"],
    ["nothing, where the sender wants no TLS above all", [demand], "opportunistic", "optional"],
    ["nothing, where that could not be found out", [doubtful], "opportunistic"],
    ["under REQUIRETLS, what could not be found out: it waits", [doubtful], "4.7.10", "required"],
    ["under REQUIRETLS, that the domain names it", [nothing, testing], "5.7.10", "required"],
    ["under REQUIRETLS, even where nobody looks", [], "5.7.10", "required"],
    [
      "under REQUIRETLS, with its own certificate",
      [signed, nothing],
      "opportunistic-named",
      "required",
    ],
    [
      "under REQUIRETLS, with its own policy",
      [nothing, enforced],
      "verified-named mta-sts",
      "required",
    ],
  ];
  for (const [what, findings, expected, wish] of cases) {
    test(what, async () => assert.equal(await ask(findings, wish), expected));
  }

  test("is told again with how TLS went", async () => {
    const events: TlsEvent[] = [];
    await ask([demand], undefined, (event) => void events.push(event));
    const outcome = { failure: undefined, doubt: undefined, localAddress: "192.0.2.9" };
    assert.deepEqual(events, [{ domain: "example.org", candidate, policy: demand, outcome }]);
  });

  test("is told as a failure where the host is passed over", async () => {
    const outcomes: unknown[] = [];
    await ask([passOver], undefined, ({ outcome }) => void outcomes.push(outcome));
    const failure = { type: "dnssec-invalid", why: "no" };
    assert.deepEqual(outcomes, [{ failure, doubt: undefined, localAddress: undefined }]);
  });
});
