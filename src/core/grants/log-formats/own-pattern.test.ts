import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../../mail/ip.ts";
import { checkOwnPattern, readOwnMatch } from "./own-pattern.ts";

test("a good pattern is taken as it is", () => {
  for (const text of [
    String.raw`^.{15} mail popd: login (?<account>\S+) from (?<client>[0-9a-f.:]+)$`,
    String.raw`^\S+ popd: (?<account>\S+) from (?<client>[0-9a-f.:]+)$`,
    String.raw`^.{15} \S+ popd\[(?<session>\d+)\]: (?:(?<end>closed)|(?<account>\S+) from (?<client>[0-9a-f.:]+))$`,
    String.raw`^x (?<client>\S+)( (?<session>\d+))?`,
    String.raw`^(?<end>bye|in) (?<session>\d+)|^(?<client>\S+)`,
  ]) {
    assert.deepEqual(checkOwnPattern(text), { ok: true, value: text });
  }
});

test("a bad one is refused, and it is said why", () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ["^(?<client>", /no regular expression/],
    ["^a)|(?<client>b", /no regular expression/],
    [String.raw`^(?<client>\p{No}\k<x>)`, /no regular expression/],
    ["^login from (.*)$", /no group client/],
    ["login from (?<client>.*)$", /must begin with \^/],
    ["^(?<ip>.*) (?<client>.*)$", /no use for a group ip/],
    ["^(?<client>.*) (?<end>bye)?$", /without the group session/],
    ["", /no group client/],
  ];
  for (const [text, why] of bad) {
    const checked = checkOwnPattern(text);
    assert.ok(!checked.ok, text);
    assert.match(checked.problem, why);
  }
});

test("what the groups tell", () => {
  const client = parseIp("192.0.2.9");
  const login = { kind: "login", client, alone: true };
  assert.deepEqual(readOwnMatch({ client: "192.0.2.9" }), {
    ...login,
    account: undefined,
    session: [],
  });
  assert.deepEqual(readOwnMatch({ client: "::ffff:192.0.2.9", account: "alice", session: "7" }), {
    ...login,
    account: "alice",
    session: ["7"],
  });
  assert.deepEqual(readOwnMatch({ client: "192.0.2.9", session: "7", end: "bye" }), {
    kind: "logout",
    session: "7",
  });
  assert.equal(readOwnMatch({ client: "192.0.2.9", end: "bye" }), undefined);
  assert.equal(readOwnMatch({ client: "192.0.2.999" }), undefined);
  assert.equal(readOwnMatch({}), undefined);
});
