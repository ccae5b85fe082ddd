import assert from "node:assert/strict";
import { test } from "node:test";
import { durationArgument } from "./options.ts";

test("a duration that is too long is told from what is none", () => {
  assert.equal(durationArgument("3h"), 10_800_000);
  assert.throws(() => durationArgument("90d"), {
    message: "90d is too long; write a duration of 24d or less.",
  });
  for (const text of ["", "3", "0d", "3 h", "1.5h", "-1d"]) {
    assert.throws(() => durationArgument(text), {
      message: /^Expected a whole number with a unit/,
    });
  }
});
