import assert from "node:assert/strict";
import { test } from "node:test";
import { pino, stdSerializers } from "pino";
import { jsonLog } from "./json-log.ts";

function linesOf(
  say: (log: ReturnType<typeof jsonLog>) => void,
): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  say(jsonLog((line) => lines.push(line), "info"));
  return lines.map((line) => {
    assert.match(line, /^[^\n]+\n$/);
    const parsed: Record<string, unknown> = JSON.parse(line);
    return parsed;
  });
}

test("a line is the one that pino would write", () => {
  const cause = new Error("no space left", { cause: new TypeError("below it") });
  for (const fields of [
    {},
    {
      event: "queued",
      size: 7,
      login: undefined,
      protection: { kind: "clear", why: 'a "word"\n' },
    },
    { event: "settle-failed", error: cause },
    { event: "refused", error: "a text", list: [1, null, true] },
  ]) {
    const [ours] = linesOf((log) => log.warn(fields, "in \u001b words"));
    let theirs = "";
    const options = { base: null, serializers: { error: stdSerializers.err } };
    pino(options, { write: (line) => (theirs = line) }).warn(fields, "in \u001b words");
    const expected: Record<string, unknown> = JSON.parse(theirs);
    assert.ok(Number(expected["time"]) - Number(ours?.["time"]) < 1_000);
    assert.deepEqual({ ...ours, time: 0 }, { ...expected, time: 0 });
    assert.deepEqual(Object.keys(ours ?? {}), Object.keys(expected));
  }
});

test("what JSON cannot hold is told all the same", () => {
  const ring: Record<string, unknown> = { event: "odd", count: 7n };
  ring["ring"] = ring;
  const [line] = linesOf((log) => log.error(ring, "odd"));
  assert.match(String(line?.["fields"]), /event: 'odd',\s+count: 7n,\s+ring: \[Circular/);
  assert.equal(line?.["msg"], "odd");
});

test("what is less than asked for is not said", () => {
  const said: string[] = [];
  const log = jsonLog((line) => said.push(line), "warn");
  log.info({}, "one");
  log.warn({}, "two");
  log.error({}, "three");
  assert.deepEqual(
    said.map((line) => /"level":(\d+).*"msg":"(\w+)"/.exec(line)?.slice(1)),
    [
      ["40", "two"],
      ["50", "three"],
    ],
  );
});
