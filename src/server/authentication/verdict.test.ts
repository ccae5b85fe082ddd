import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DmarcPolicy } from "../../core/authentication/dmarc/record.ts";
import type { AuthenticationSettings } from "../../core/config/settings.ts";
import type { AuthorVerdict, Findings } from "./findings.ts";
import { decideByFindings } from "./verdict.ts";

function failed(
  policy: DmarcPolicy,
  { domain = "bank.example", percent = 100 } = {},
): AuthorVerdict {
  return { domain, result: "fail", policy, percent };
}

function findings(...dmarc: readonly AuthorVerdict[]): Findings {
  return {
    spf: { result: "fail", domain: "client.example" },
    dkim: [],
    passedOver: 0,
    arc: { result: "none" },
    dmarc,
  };
}

function kindOf(
  found: Findings,
  dmarc: AuthenticationSettings["dmarc"],
  { lot = 0, trustedSealers = [] as readonly string[] } = {},
): string {
  return decideByFindings(found, { verify: true, dmarc, trustedSealers }, lot, "0abc").kind;
}

describe("what becomes of a message that fails DMARC", () => {
  const table: readonly (readonly [
    DmarcPolicy,
    mark: string,
    quarantine: string,
    reject: string,
  ])[] = [
    ["none", "pass", "pass", "pass"],
    ["quarantine", "pass", "junk", "junk"],
    ["reject", "pass", "junk", "refuse"],
  ];
  for (const [policy, ...kinds] of table) {
    test(`p=${policy}`, () => {
      const found = findings(failed(policy));
      const modes = ["mark", "quarantine", "reject"] as const;
      assert.deepEqual(
        modes.map((mode) => kindOf(found, mode)),
        kinds,
      );
    });
  }

  test("is milder for those outside of the sample", () => {
    const half = { percent: 50 };
    assert.equal(kindOf(findings(failed("reject", half)), "reject", { lot: 49.9 }), "refuse");
    assert.equal(kindOf(findings(failed("reject", half)), "reject", { lot: 50 }), "junk");
    assert.equal(kindOf(findings(failed("quarantine", half)), "reject", { lot: 50 }), "pass");
  });

  test("is what the strictest of several authors' domains wants", () => {
    const passed: AuthorVerdict = { domain: "a.example", result: "pass" };
    const found = findings(passed, failed("quarantine"), failed("reject", { domain: "b.example" }));
    const verdict = decideByFindings(
      found,
      { verify: true, dmarc: "reject", trustedSealers: [] },
      0,
      "0abc",
    );
    assert.equal(verdict.kind, "refuse");
    assert.match(
      verdict.reply.lines.join(" "),
      /from b\.example, but is not \(SPF fail, DKIM none\)/,
    );
    assert.match(verdict.reply.lines.join(" "), /0abc/);
  });
});

test("where readers may see another author than those who were asked about, it is junk", () => {
  const passed: AuthorVerdict = { domain: "evil.example", result: "pass" };
  const found = { ...findings(passed), flaw: "its header has several From fields" };
  assert.equal(kindOf(found, "reject"), "junk");
  assert.equal(kindOf(found, "quarantine"), "junk");
  assert.equal(kindOf(found, "mark"), "pass");
  assert.equal(kindOf({ ...found, dmarc: [failed("reject")] }, "reject"), "refuse");
});

test("what passes, has no policy or cannot be found out goes through", () => {
  for (const result of ["pass", "none", "temperror"] as const) {
    const verdict = { domain: "bank.example", result, why: "no answer" } as AuthorVerdict;
    assert.equal(kindOf(findings(verdict), "reject"), "pass");
  }
  assert.equal(kindOf(findings(), "reject"), "pass");
});

test("who hides whom a message says to be from is not let past the domains' holders", () => {
  const found = { ...findings(), unreadable: "its header is too long" };
  const modes = ["mark", "quarantine", "reject"] as const;
  assert.deepEqual(
    modes.map((mode) => kindOf(found, mode)),
    ["pass", "junk", "refuse"],
  );
});

/** A chain that was found whole; of it only the sealers and the first results count here. */
function sealed(firstResults: string, ...sealers: readonly string[]): Findings {
  const seals = sealers.map((domain, index) => ({ domain, instance: sealers.length - index }));
  const message = { names: ["from", "subject"] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest has been looked at before
  const arc = {
    result: "pass",
    chain: { message, seals, firstResults },
  } as unknown as Findings["arc"];
  return { ...findings(failed("reject")), arc };
}

describe("a chain of seals lets a message through", () => {
  const results = " lists.example; spf=pass; dmarc=pass header.from=bank.example";
  const trusting = { trustedSealers: ["lists.example", "relay.example"] };

  test("where all who sealed it are trusted, and the first has found that it passes", () => {
    assert.equal(kindOf(sealed(results, "lists.example"), "reject", trusting), "pass");
    assert.equal(
      kindOf(sealed(results, "a.relay.example", "lists.example"), "reject", trusting),
      "pass",
    );
  });

  test("and only there", () => {
    const others = [
      sealed(results, "evil.example", "lists.example"),
      sealed(results, "lists.example", "evil.example"),
      sealed(results, "notlists.example"),
      sealed(" lists.example; dmarc=fail", "lists.example"),
      sealed(" lists.example; x-dmarc=pass", "lists.example"),
      sealed(" lists.example; dmarc=passable", "lists.example"),
      // A From field on top of the one that was sealed.
      { ...sealed(results, "lists.example"), flaw: "its header has several From fields" },
      { ...sealed(results, "lists.example"), arc: { result: "fail", why: "" } as const },
    ];
    for (const found of others) assert.equal(kindOf(found, "reject", trusting), "refuse");
    assert.equal(kindOf(sealed(results, "lists.example"), "reject"), "refuse");
    const unsealed = sealed(results, "lists.example");
    assert.ok(unsealed.arc.result === "pass");
    const message = { ...unsealed.arc.chain.message, names: ["subject"] };
    const arc = { result: "pass", chain: { ...unsealed.arc.chain, message } } as const;
    assert.equal(kindOf({ ...unsealed, arc }, "reject", trusting), "refuse");
  });
});
