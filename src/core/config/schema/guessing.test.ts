import assert from "node:assert/strict";
import test from "node:test";
import { parsePrefix } from "../../mail/ip.ts";
import { parseConfiguration } from "../parse.ts";

function read(limits: string) {
  const text = `hostname: mx.test\nlimits: ${limits}\n`;
  return parseConfiguration(text, { file: "b.yaml", folder: "/" });
}

test("the limits on guessing arrive", () => {
  const result = read(
    "{ guessing: { client: 5 per 10m, names: none, ban: [1h], allow: [192.0.2.0/24] }, " +
      "breaker: { messages: [], recipients: [100 per 1d], refused: 7, refused-share: 50 } }",
  );
  const { guessing, breaker } = result.ok ? result.value.limits : assert.fail();
  assert.deepEqual(guessing.rates.client, { amount: 5, period: 600_000 });
  assert.equal(guessing.rates.names, undefined);
  assert.deepEqual(guessing.ban, [3_600_000]);
  assert.deepEqual(guessing.allow, [parsePrefix("192.0.2.0/24")]);
  assert.deepEqual(breaker, {
    messages: [],
    recipients: [{ amount: 100, period: 86_400_000 }],
    refused: 7,
    refusedShare: 0.5,
  });
});

test("what does not fit is said", () => {
  for (const [limits, text] of [
    ["{ guessing: { ban: [] } }", /the list is empty; write at least one length/],
    ["{ guessing: { client: 20/1h } }", /write 20 per 1h/],
    ["{ guessing: { allow: [192.0.2.7/24] } }", /write 192\.0\.2\.0\/24/],
    ["{ breaker: { messages: 100 per 1h } }", /a list in brackets/],
  ] as const) {
    const result = read(limits);
    assert.match(result.ok ? "" : JSON.stringify(result.problem), text);
  }
});
