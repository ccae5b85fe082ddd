import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { describeOriginalRecipient, parseOriginalRecipient } from "./original-recipient.ts";

test("xtext is told decoded, and goes on untouched", () => {
  const value = "rfc822;Bob+2Bx+20y@Example.org";
  assert.equal(parseOriginalRecipient(value, false), value);
  assert.equal(describeOriginalRecipient(value, "ascii"), "rfc822; Bob+x y@Example.org");
});

test("UTF-8 goes on in ASCII, and is told in UTF-8 where it may be", () => {
  const kept = parseOriginalRecipient("utf-8;ż\\x{2B}\\x{85}\\x{17C}@x", true) ?? "";
  assert.equal(kept, "utf-8;\\x{17C}\\x{2B}\\x{85}\\x{17C}@x");
  assert.equal(describeOriginalRecipient(kept, "ascii"), "utf-8; \\x{17C}\\x{2B}\\x{85}\\x{17C}@x");
  assert.equal(describeOriginalRecipient(kept, "utf-8"), "utf-8; ż\\x{2B}\\x{85}ż@x");
});

test("whatever is taken is printable ASCII without a space, and so is what is told", () => {
  const value = fc
    .tuple(
      fc.constantFrom("rfc822;", "utf-8;", "UTF-8;", "x400;", "", ";"),
      fc.array(
        fc.oneof(
          fc.constantFrom("+0D+0A", "+00", "+2B", "\\x{0D}", "\\x{D800}", "\\x{1F600}", "+", "="),
          fc.string({ unit: "binary", maxLength: 5 }),
        ),
        { maxLength: 6 },
      ),
    )
    .map(([kind, parts]) => kind + parts.join(""));
  fc.assert(
    fc.property(value, fc.boolean(), (text, smtputf8) => {
      const kept = parseOriginalRecipient(text, smtputf8);
      if (kept === undefined) return;
      assert.match(kept, /^[!-~]+$/);
      assert.match(describeOriginalRecipient(kept, "ascii"), /^[\t -~]+$/);
      assert.doesNotMatch(describeOriginalRecipient(kept, "utf-8"), /[\p{Cc}\p{Zl}\p{Zp}]/u);
      assert.equal(parseOriginalRecipient(kept, false), kept, "reads back");
    }),
    { numRuns: 500 },
  );
});
