import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { syslogLine, syslogStream } from "./syslog-stream.ts";

test("a line begins with its priority, and has all fields", () => {
  const fields = { event: "decision", client: "192.0.2.1", detail: "no such list", count: 2 };
  assert.equal(
    syslogLine(30, "refuse: blocklisted", fields),
    '<6>decision: refuse: blocklisted client=192.0.2.1 detail="no such list" count=2\n',
  );
});

test("levels are those of syslog", () => {
  const priorities = [20, 30, 40, 50, 60].map((level) => syslogLine(level, "x", {}));
  assert.deepEqual(priorities, ["<7>x\n", "<6>x\n", "<4>x\n", "<3>x\n", "<2>x\n"]);
});

test("whatever a stranger said stays on one line, and looks like no other field or line", () => {
  const fields = { said: 'a\n<0>b\u001b[2J"\u007f\u0085\u2028 x=y', error: new Error("no\ndisk") };
  assert.equal(
    syslogLine(40, "text\r\nmore", fields),
    '<4>text??more said="a\\n<0>b\\u001b[2J\\"??? x=y" error="no\\ndisk"\n',
  );
  assert.ok(syslogLine(30, "x".repeat(1_000_000), {}).length < 20_000);
});

test("values of any kind are told", () => {
  const fields = { a: null, b: undefined, c: { d: [1, "e f"] }, g: "", h: true };
  assert.equal(syslogLine(30, "x", fields), '<6>x a=null c={"d":[1,"e f"]} g="" h=true\n');
  assert.equal(syslogLine(30, "x", undefined), "<6>x\n");
});

test("pino tells what it needs", () => {
  const lines: string[] = [];
  const log = pino(
    { base: null },
    syslogStream((line) => void lines.push(line)),
  );
  log.warn({ event: "banned", prefix: "192.0.2.1/32" }, "may not log in");
  log.info({ event: "stopped" }, "stopped");
  assert.deepEqual(lines, [
    "<4>banned: may not log in prefix=192.0.2.1/32\n",
    "<6>stopped: stopped\n",
  ]);
});
