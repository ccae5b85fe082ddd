import { test } from "node:test";
import { judgeDisk, type RoomFacts } from "./disk.ts";
import { assertFindings } from "./fixture.test.ts";

const gibi = 2 ** 30;
const room: RoomFacts = { free: 50 * gibi, isMemory: false, sync: { median: 0.42 } };

function judge(changes: Partial<RoomFacts>, trouble?: string) {
  return judgeDisk({ path: "/data", trouble, room: { ...room, ...changes } });
}

test("room and a quick sync are in order", () => {
  assertFindings(judge({}), ["ok", /\/data: 50 GiB are free, and a sync takes 0\.4 ms/]);
  assertFindings(judge({ free: 1.55 * gibi }), ["ok", /1\.5 GiB/]);
});

test("little room is a warning, and hardly any a problem", () => {
  assertFindings(judge({ free: 0.9 * gibi }), ["warning", /only 921 MiB are free/]);
  assertFindings(judge({ free: 0 }), ["problem", /only 0 MiB are free/]);
});

test("a slow disk, one that forgets, and one that cannot be written are told", () => {
  assertFindings(judge({ sync: { median: 80.4 } }), ["warning", /a sync takes 80 ms/]);
  assertFindings(judge({ isMemory: true }), ["warning", /in memory/]);
  assertFindings(judge({ sync: { unknown: "EACCES" } }), ["warning", /EACCES/]);
  assertFindings(judge({}, "it is open to others"), ["problem", /open to others/]);
  assertFindings(
    judgeDisk({ path: "/data", trouble: undefined, room: { unknown: "it is a file" } }),
    ["problem", /it is a file/],
  );
});
