import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

const keys = ["connections", "connections-per-client", "message-size", "errors", "to", "via"];

const cases: readonly (readonly [string, string | undefined])[] = [
  ["conections", "connections"],
  ["Connections", "connections"],
  ["connectiosn", "connections"],
  ["connection-per-client", "connections-per-client"],
  ["messagesize", "message-size"],
  ["vai", "via"],
  ["vie", "via"],
  ["t", "to"],
  ["tls", undefined],
  ["blocklists", undefined],
  ["", undefined],
];

for (const [word, expected] of cases) {
  test(`${JSON.stringify(word)} is near ${expected ?? "none"}`, () => {
    assert.equal(nearest(word, keys), expected);
  });
}
