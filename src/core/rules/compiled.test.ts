import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { formatProblem } from "../config/problem.ts";
import { parseIp } from "../mail/ip.ts";
import type { AccessVerdict } from "../policy/request.ts";
import { finish } from "../work.ts";
import { readBitKey, formatBitKey } from "./bit-keys.ts";
import { type CdbRecord, readCdb, writeCdb } from "./cdb.ts";
import { compileRules } from "./compile.ts";
import { readCompiledRules } from "./compiled.ts";
import { dumpRules } from "./dump.ts";
import { octetsOf } from "./records.ts";
import { readRulesText } from "./text.ts";

const text = `# who may do what
127.0.0.1:allow,RELAYCLIENT=""
10.1.2-3.:allow,RELAYCLIENT="",DATABYTES="1000000"
10./8:deny
2001:db8::/33:allow,RELAYCLIENT=""
2001:db8:5::1:deny
fe80:deny
=.example.net:allow,RBLSMTPD=""
=mail.example.org:allow,RBLSMTPD='say "please"'
joe@10.0.0.1:deny
192.0.2.0/24:deny
_0:allow,RELAYCLIENT=""
10.1.2.:deny
:allow,RBLSMTPD="-nobody"
`;

function compile(rules: string): Uint8Array {
  const compiled = finish(compileRules(rules, "t"));
  assert.ok(compiled.ok);
  return compiled.value;
}

function dump(octets: Uint8Array): string {
  const dumped = finish(dumpRules(octets, "t.cdb"));
  assert.ok(dumped.ok, dumped.ok ? "" : dumped.problem.map(formatProblem).join("\n"));
  return dumped.value;
}

function problemOf(octets: Uint8Array): string {
  const read = finish(readCompiledRules(octets, "t.cdb"));
  return read.ok ? "" : read.problem.map(formatProblem).join("\n");
}

const clients = [
  "127.0.0.1",
  "10.1.2.9",
  "10.1.4.9",
  "2001:db8::9",
  "2001:db8:8000::",
  "2001:db8:5::1",
  "192.0.2.9",
  "0.0.0.1",
  "fe80::1",
].map((address) => parseIp(address)!);

suite("a compiled rules file", () => {
  test("says what the text says", () => {
    const written = finish(readRulesText(text, "t"));
    const compiled = finish(readCompiledRules(compile(text), "t"));
    assert.ok(written.ok && compiled.ok);
    for (const client of clients) {
      for (const name of [undefined, "mail.example.org", "a.example.net", "example.com"]) {
        const expected: AccessVerdict | undefined = written.value.rules.find(client, name)
          ?.instruction.verdict;
        assert.deepEqual(compiled.value.rules.find(client, name)?.instruction.verdict, expected);
      }
    }
  });

  test("is dumped as text that compiles to the same octets", () => {
    const octets = compile(text);
    const dumped = dump(octets);
    assert.deepEqual(compile(dumped), octets);
    assert.match(dumped, /^10\.\/8:deny$/m);
    assert.match(dumped, /^2001:db8::\/33:allow,RELAYCLIENT=""$/m);
    assert.match(dumped, /^=mail\.example\.org:allow,RBLSMTPD='say "please"'$/m);
  });

  test("with nothing in it is empty, and still a cdb", () => {
    const octets = compile("# nobody\n");
    assert.equal(octets.length, 2048);
    assert.equal(problemOf(octets), "");
    assert.equal(dump(octets), "");
  });

  test("cut off at any length is refused", () => {
    const octets = compile(text);
    for (let length = 0; length < octets.length; length++) {
      const said = problemOf(octets.subarray(0, length));
      assert.match(said, /^t\.cdb: this cdb cannot be read: .+; compile it again$/, `at ${length}`);
    }
  });

  test("with octets behind it is refused", () => {
    assert.match(problemOf(octetsOf("\0".repeat(5000))), /pointers lead nowhere/);
    const octets = compile(text);
    const longer = new Uint8Array(octets.length + 1);
    longer.set(octets);
    assert.match(problemOf(longer), /1 octets too many/);
  });

  test("with any octet changed is refused, or says something: never an exception", () => {
    const octets = compile(text);
    for (let at = 0; at < octets.length; at++) {
      const changed = Uint8Array.from(octets);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      problemOf(changed);
    }
  });

  test("whose tables do not lead to a record is refused", () => {
    const octets = compile(text);
    octets.fill(0, octets.length - 64);
    assert.match(problemOf(octets), /its tables do not lead to the record at octet \d+/);
  });

  test("with a value that is no rule's is refused, and so says the dump", () => {
    const record = { key: octetsOf("10."), value: octetsOf("+X") };
    assert.equal(
      problemOf(writeCdb([record])),
      "t.cdb:1:1: record 1 is no rule: the last item of its value has no end",
    );
    const dumped = finish(dumpRules(writeCdb([{ ...record, value: octetsOf("E\0") }]), "t.cdb"));
    assert.equal(dumped.ok, false);
  });

  test("with a key that no line can hold is not dumped as another", () => {
    for (const key of ["#10.", "10.1-2.", "a\nb", "a,b:c", " \0"]) {
      const octets = writeCdb([{ key: octetsOf(key), value: octetsOf("") }]);
      const dumped = finish(dumpRules(octets, "t.cdb"));
      if (dumped.ok) assert.deepEqual(compile(dumped.value), octets);
      else
        assert.match(
          formatProblem(dumped.problem[0]!),
          /^t\.cdb:1:1: record 1 is one that no line/,
        );
    }
  });

  test("any records are found again", () => {
    const octets = fc.uint8Array({ maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.record({ key: octets, value: octets })), (records: CdbRecord[]) => {
        const read = finish(readCdb(writeCdb(records)));
        assert.ok(read.ok);
        assert.deepEqual(
          read.value.map(({ key, value }) => [...key, "=", ...value]),
          records.map(({ key, value }) => [...key, "=", ...value]),
        );
      }),
    );
  });
});

test("networks as keys, in the letters of ucspi-tcp6", () => {
  const prefix = { address: parseIp("10.0.0.0")!, length: 8 };
  assert.equal(formatBitKey(prefix), "_0000e0g0\0");
  for (const key of ["_0000e0g0\0", "_0000e0g0", "_00001010"]) {
    assert.deepEqual(readBitKey(key), prefix);
  }
  for (const key of ["_", "_abd", "_xyz", "0000", `_${"0".repeat(33)}`, "^bb"]) {
    assert.equal(readBitKey(key), undefined, key);
  }
});
