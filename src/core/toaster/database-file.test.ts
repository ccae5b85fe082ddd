import assert from "node:assert/strict";
import { test } from "node:test";
import { readDatabaseFile } from "./database-file.ts";
import { file } from "./fixture.test.ts";
import { Report } from "./report.ts";

function read(text: string, socket?: string) {
  const report = new Report();
  const access = readDatabaseFile(file("vpopmail.mysql", text), socket, report);
  return {
    access,
    said: report
      .findings()
      .map((each) => `${each.fate} ${each.text}`)
      .join("\n"),
  };
}

const url = (host: string, port: string, socket?: string) =>
  read(`${host}|${port}|u|p|d\n`, socket).access?.url;

test("one line, or two", () => {
  const line = "db.example.org|3307|vpopmail|s3|c|ret|vpopmail";
  const { access } = read(`# a comment\n\n${line}\n`);
  assert.deepEqual(access, {
    url: "mysql://vpopmail@db.example.org:3307/vpopmail",
    password: "s3|c|ret",
    at: { path: "vpopmail.mysql", line: 3 },
  });
  assert.equal(read(`${line}\n${line}\n`).said, "");
  const two = read(`${line}\nwriter.example.org|0|w|hunter2|vpopmail\n`);
  assert.equal(two.access?.password, "s3|c|ret");
  assert.match(two.said, /^left-out the database that vpopmail writes to/);
});

test("the port that is meant, and the socket of this host", () => {
  assert.equal(url("192.0.2.1", "0"), "mysql://u@192.0.2.1/d");
  assert.equal(url("2001:db8::1", "3306"), "mysql://u@[2001:db8::1]/d");
  assert.equal(url("localhost", "0"), "mysql://u@localhost/d");
  assert.equal(url("localhost", "0", "/run/my.sock"), "mysql://u@localhost/d?socket=/run/my.sock");
  assert.equal(url("", "", "/run/my.sock"), "mysql://u@localhost/d?socket=/run/my.sock");
  assert.equal(url("localhost", "3307", "/run/my.sock"), "mysql://u@localhost:3307/d");
  assert.equal(url("192.0.2.1", "0", "/run/my.sock"), "mysql://u@192.0.2.1/d");
});

test("what is wrong is told, and no word of the line", () => {
  for (const text of [
    "",
    "# hunter2\n",
    "localhost|0|root|hunter2\n",
    "localhost:0:root:hunter2:vpopmail\n",
    "local host|0|hunter2|hunter2|vpopmail\n",
    "localhost|0|root||vpopmail\n",
    "localhost|99999|root|hunter2|vpopmail\n",
    "localhost|0|root@x|hunter2|vpopmail\n",
    "localhost|0|root|hunter2|v/p\n",
    "localhost|0|root|hun\0ter2|vpopmail\n",
    "Settings {\n hunter2\n}\n",
  ]) {
    const { access, said } = read(text);
    assert.equal(access, undefined, text);
    assert.match(said, /^operator /, text);
    assert.doesNotMatch(said, /hun/);
  }
});
