import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAddress, formatReversePath } from "../mail/address.ts";
import { qualifyList, readAddresses, readSender } from "./addresses.ts";

const host = "mail.example.org";

function read(text: string): readonly string[] | string {
  const list = readAddresses(text, host);
  return list.ok ? list.value.map(formatAddress) : list.problem;
}

function sender(text: string): string | undefined {
  const path = readSender(text, host);
  return path.ok ? formatReversePath(path.value) : undefined;
}

describe("addresses of this machine's users", () => {
  it("have a domain, or are at this host", () => {
    assert.deepEqual(read("root"), ["root@mail.example.org"]);
    assert.deepEqual(read("root, Bob <bob@b.example>,carol"), [
      "root@mail.example.org",
      "bob@b.example",
      "carol@mail.example.org",
    ]);
    assert.deepEqual(read('"Doe, John" <john>'), ["john@mail.example.org"]);
    assert.deepEqual(read("john.doe (a, comment)"), ["john.doe@mail.example.org"]);
    assert.deepEqual(read("us: root, carol;"), ["root@mail.example.org", "carol@mail.example.org"]);
    assert.deepEqual(read("undisclosed-recipients:;"), []);
    assert.deepEqual(read(""), []);
  });

  it("are refused where they are none", () => {
    for (const text of [
      "bob@",
      "@b.example",
      "a b",
      "<>",
      "bob@@b.example",
      "x@y@z",
      "a\nb",
      "\0",
    ]) {
      assert.equal(typeof read(text), "string", text);
    }
  });

  it("keep names, comments and folding where a domain is added", () => {
    const kept = ' root (Cron Daemon),\r\n\t"root, too" <bob@b.example>,\r\n Root <root>\r\n';
    assert.equal(
      qualifyList(kept, host),
      ' root@mail.example.org (Cron Daemon),\r\n\t"root, too" <bob@b.example>,\r\n Root <root@mail.example.org>\r\n',
    );
    for (const text of ["a b <c@d>", '"unclosed root', "((((", "x@[192.0.2.1]", "=?x?= y"]) {
      assert.equal(qualifyList(text, host), text);
    }
  });

  it("are quickly looked through, whatever they are", () => {
    for (const piece of ['"', "(", "[", "\\", "a,", '"\\'] as const) {
      assert.ok(qualifyList(piece.repeat(50_000), host).length >= 50_000);
    }
  });
});

describe("the sender", () => {
  it("is one address, or nobody", () => {
    assert.equal(sender("www-data"), "www-data@mail.example.org");
    assert.equal(sender("App <app@b.example>"), "app@b.example");
    assert.equal(sender("<app@b.example>"), "app@b.example");
    assert.equal(sender(""), "");
    assert.equal(sender("<>"), "");
    assert.equal(sender("a@b.example, c@d.example"), undefined);
    assert.equal(sender("a b"), undefined);
  });
});
