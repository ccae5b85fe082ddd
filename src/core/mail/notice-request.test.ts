import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  formatNotify,
  neverNotify,
  parseNotify,
  type RecipientRequest,
  wantsNotice,
} from "./notice-request.ts";

test("NOTIFY reads back as it was, and as nothing else", () => {
  const events = fc.record({ success: fc.boolean(), failure: fc.boolean(), delay: fc.boolean() });
  fc.assert(
    fc.property(events, (notify) =>
      assert.deepEqual(parseNotify(formatNotify(notify)), { ...notify }),
    ),
  );
  const words = fc.array(fc.constantFrom("SUCCESS", "failure", "Delay", "NEVER", "", "x"), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(words, (list) => {
      const isGood =
        (list.length === 1 && list[0] === "NEVER") ||
        (list.length > 0 && list.every((word) => /^(success|failure|delay)$/i.test(word)));
      assert.equal(parseNotify(list.join(",")) !== undefined, isGood, list.join(","));
    }),
  );
});

function heard(request: RecipientRequest): readonly string[] {
  return (["success", "failure", "delay"] as const).filter((event) => wantsNotice(request, event));
}

test("who said nothing hears of failures and delays; who said something, of that alone", () => {
  assert.deepEqual(heard({}), ["failure", "delay"]);
  assert.deepEqual(heard({ notify: neverNotify }), []);
  assert.deepEqual(heard({ notify: { ...neverNotify, success: true } }), ["success"]);
  assert.deepEqual(heard({ notify: { ...neverNotify, failure: true } }), ["failure"]);
});
