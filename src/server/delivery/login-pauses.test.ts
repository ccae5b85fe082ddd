import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoginPauses } from "./login-pauses.ts";

const minute = 60_000;

test("the pauses grow to an hour, and end with another password or a good login", () => {
  let time = 0;
  const pauses = createLoginPauses(() => time);
  assert.equal(pauses.whyNot("host", "secret"), undefined);
  for (const minutes of [5, 10, 20, 40, 60, 60]) {
    pauses.refused("host", "secret", "535 no");
    const text = `the login was refused, and is not tried again for ${minutes} minutes unless the password changes: 535 no`;
    assert.equal(pauses.whyNot("host", "secret"), text);
    assert.equal(pauses.whyNot("host", "another"), undefined);
    assert.equal(pauses.whyNot("other", "secret"), undefined);
    time += (minutes - 1) * minute;
    assert.match(pauses.whyNot("host", "secret") ?? "", /for a minute unless/);
    time += minute;
    assert.equal(pauses.whyNot("host", "secret"), undefined);
  }
  pauses.refused("host", "another", "535 no");
  assert.match(pauses.whyNot("host", "another") ?? "", /for 5 minutes/);
  pauses.accepted("host");
  assert.equal(pauses.whyNot("host", "another"), undefined);
});
