import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { scopeNames } from "../access/scopes.ts";
import { isChanging, written } from "../audit/written.ts";
import type { Act } from "./act.ts";
import { actGroups } from "./all.ts";
import { listedNames, openApi, placeholders } from "./open-api.ts";

const acts = actGroups.flatMap((group) => group.acts);

function find(name: string): Act {
  return acts.find((each) => each.name === name) ?? assert.fail(name);
}

/** What is wrong with the arguments of an act. */
function problemOf(name: string, values: Readonly<Record<string, unknown>>): string {
  const prepared = find(name).prepare(values);
  return prepared.ok ? "" : prepared.problem;
}

suite("the table of acts", () => {
  test("has each operation that changes something, but who may administer", () => {
    const done = new Set(acts.flatMap(({ name, also = [] }) => [name, ...also]));
    const missing = Object.keys(written).filter((name) => !done.has(name));
    assert.deepEqual(missing.toSorted(), [
      "operatorAdd",
      "operatorRemove",
      "operatorSetPassword",
      "tokenAdd",
      "tokenRemove",
    ]);
  });

  test("lets nobody change anything who may only look", () => {
    for (const { name, scope, changes, also = [] } of acts) {
      const isRead = scope === "read" || scope === "audit";
      assert.equal(isRead, !changes, name);
      assert.equal([name, ...also].some(isChanging), changes, name);
    }
  });

  test("names each act and each way to it once, and takes what stands in the path", () => {
    assert.equal(new Set(acts.map(({ name }) => name)).size, acts.length);
    assert.equal(new Set(acts.map(({ method, path }) => `${method} ${path}`)).size, acts.length);
    for (const { path, input, name } of acts) {
      for (const place of placeholders(path))
        assert.ok(place in input.shape, `${place} of ${name}`);
    }
  });

  test("is described whole, and its secrets are not to be read back", () => {
    const text = JSON.stringify(openApi(actGroups));
    for (const { name } of acts) assert.ok(text.includes(`"operationId":"${name}"`), name);
    for (const scope of scopeNames) assert.ok(text.includes(`\`${scope}\` (`), scope);
    assert.ok(/"password":\{[^{}]*"writeOnly":true/.test(text));
    assert.deepEqual([...listedNames(find("forwardRemove"))], ["targets"]);
    assert.deepEqual([...listedNames(find("queueList"))], []);
  });
});

suite("arguments that do not fit are told from those that do", () => {
  const id = "0fk3v9d2m4a";
  const good: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["queueHold", { ids: [id] }],
    ["queueHold", { all: true, dryRun: true }],
    ["queueHold", { all: "true", domain: "Example.ORG", olderThan: "2h", sender: "<>" }],
    ["queueList", { limit: "1000", after: id, state: "held" }],
    ["accountAdd", { address: "ann@example.org", password: null }],
    ["addressAdd", { address: "@example.org", account: "ann@example.org", kind: "alias" }],
    ["banAdd", { prefix: "192.0.2.0/24", for: "7d", because: "guesses" }],
    ["why", { id: `550 5.7.1 Relaying denied (${id}.1)` }],
    ["explain", { client: "2001:db8::9", sender: "<>", recipient: '"a b"@example.org' }],
  ];
  for (const [name, values] of good) {
    test(`${name} ${JSON.stringify(values)}`, () => assert.equal(problemOf(name, values), ""));
  }

  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ["queueHold", {}, /^say which messages: ids, or a filter such as domain, or all$/],
    ["queueHold", { dryRun: true }, /^say which messages/],
    ["queueHold", { all: false }, /^say which messages/],
    ["queueHold", { all: true, ids: [id] }, /^say which messages/],
    ["queueHold", { ids: [] }, /^ids: the list is empty/],
    ["queueHold", { ids: id }, /^ids: write a list of ids/],
    ["queueHold", { ids: ["x"] }, /^ids\.0: "x" does not fit here; write an id of a message/],
    ["queueHold", { ids: Array.from({ length: 1001 }, () => id) }, /more than 1,000/],
    ["queueHold", { all: 1 }, /^all: .* write true or false/],
    ["queueHold", { all: true, everything: 1 }, /^unknown: "everything"; there are ids, all, /],
    ["queueHold", JSON.parse('{"all":true,"__proto__":{"x":1}}'), /^unknown: "__proto__"/],
    ["queueHold", { domain: "a b" }, /^domain: /],
    ["queueHold", { olderThan: "2 hours" }, /^olderThan: .*such as 90s/],
    ["queueList", { limit: "0" }, /^limit: .*whole number from 1 to 1000/],
    ["queueList", { limit: 1001 }, /^limit: /],
    ["queueList", { limit: "1e3" }, /^limit: /],
    ["queueList", { after: "'; drop table message; --" }, /^after: /],
    ["queueShow", { id: "" }, /^id: /],
    ["accountAdd", { address: "ann" }, /^address: .* write an address such as alice@example\.org/],
    ["accountAdd", { address: "ann@example.org", password: 7 }, /^password: /],
    ["accountAdd", { address: "a@b.example\r\nX: y" }, /^address: /],
    ["banAdd", { prefix: "192.0.2.1/24" }, /write 192\.0\.2\.0\/24/],
    ["banAdd", { prefix: "192.0.2.1", because: "a\u001b[2Jb" }, /^because: /],
    ["appPasswordAdd", { account: "a@b.example", name: "\u202escanner" }, /^name: /],
    ["why", { id: "hello" }, /^id: there is no decision's id in that/],
    ["dkimRetire", { domain: "example.org", name: ["x"] }, /^name: /],
  ];
  for (const [name, values, expected] of wrong) {
    test(`${name} ${JSON.stringify(values).slice(0, 60)}`, () =>
      assert.match(problemOf(name, values), expected));
  }
});
