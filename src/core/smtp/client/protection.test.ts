import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProtection, protectionOf } from "./protection.ts";

const tls = { protocol: "TLSv1.3", cipher: "C", channelBindings: {}, doubt: undefined };

test("a protection is told with what asked for it", () => {
  assert.equal(describeProtection(protectionOf(tls, undefined)), "TLSv1.3 C, verified");
  assert.equal(describeProtection(protectionOf(tls, "dane")), "TLSv1.3 C, verified (DANE)");
  const doubtful = protectionOf({ ...tls, doubt: "no", flaw: "tlsa-invalid" }, "dane");
  assert.equal(describeProtection(doubtful), "TLSv1.3 C, not verified (DANE): no");
  const clear = { kind: "clear", why: "no STARTTLS", policy: "mta-sts-testing" } as const;
  assert.equal(describeProtection(clear), "in the clear (MTA-STS, testing): no STARTTLS");
});
