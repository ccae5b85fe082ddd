import assert from "node:assert/strict";
import { test } from "node:test";
import { writeCdb } from "../rules/cdb.ts";
import { octetsOf, textOf } from "../rules/records.ts";
import { finish } from "../work.ts";
import { file } from "./fixture.test.ts";
import { Report } from "./report.ts";
import { readVpasswd, readVpasswdCdb } from "./vpasswd.ts";

const lines = [
  "alice:$1$salt$hash:1:0:Alice:/home/vpopmail/domains/example.org/alice:NOQUOTA:pa:ss",
  "o'neil:*:1:2048::/home/vpopmail/domains/example.org/o'neil:NOQUOTA",
];
const bad = [
  "cut-off",
  "cut:$1$",
  ":x:1:0::/x:",
  "Upper:x:1:0::/x:",
  "..:x:1:0::/x:",
  "a/b:x:1:0::/x:",
  'a"b:x:1:0::/x:',
  "a,b:x:1:0::/x:",
  "m\xfcller:x:1:0::/x:",
  "nul:x\0:1:0::/x:",
];

test("lines and records are read alike, and what cannot be a user is told of", () => {
  const report = new Report();
  const users = finish(readVpasswd(file("vpasswd", [...lines, ...bad, ""].join("\n")), report));
  assert.deepEqual(
    users.map(({ name, password, keepsClear, flags }) => [name, password, keepsClear, flags]),
    [
      ["alice", "$1$salt$hash", true, 0],
      ["o'neil", "*", false, 2048],
    ],
  );
  assert.equal(report.findings().length, bad.length);
  assert.doesNotMatch(JSON.stringify(report.findings()), /\$1\$/);
  const records = [...lines, ...bad.slice(1)].map((line) => {
    const colon = line.indexOf(":");
    return { key: octetsOf(line.slice(0, colon)), value: octetsOf(line.slice(colon + 1)) };
  });
  const compiled = file("vpasswd.cdb", textOf(writeCdb(records)));
  const other = new Report();
  const found = finish(readVpasswdCdb(compiled, other));
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.map((each) => ({ ...each, at: undefined })),
    users.map((each) => ({ ...each, at: undefined })),
  );
  assert.equal(other.findings().length, bad.length - 1);
  for (const text of ["", "x", compiled.text.slice(0, -1), compiled.text.slice(0, 2100)]) {
    assert.equal(finish(readVpasswdCdb(file("vpasswd.cdb", text), new Report())).ok, false);
  }
});
