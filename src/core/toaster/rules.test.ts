import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compileRules } from "../rules/compile.ts";
import { textOf } from "../rules/records.ts";
import { finish } from "../work.ts";
import { file, toaster } from "./fixture.test.ts";
import { formatAt, Report } from "./report.ts";
import { asNetworks, findRules, grantingAddresses, withoutLines } from "./rules.ts";

const path = "/home/vpopmail/etc/tcp.smtp";

function compiled(text: string) {
  const octets = finish(compileRules(text, path));
  assert.ok(octets.ok);
  return file(`${path}.cdb`, textOf(octets.value));
}

function find(text: string | undefined, parts: Parameters<typeof toaster>[0] = {}) {
  const report = new Report();
  const rules = text === undefined ? undefined : file(path, text);
  const found = findRules(toaster({ rules, ...parts }), report);
  const said = report.findings().map((each) => `${each.fate} ${formatAt(each)}: ${each.text}`);
  return { text: found?.text, said };
}

const networks = (text: string) =>
  asNetworks({ text, at: { path } })?.map(({ value, at }) => `${value} ${at.line}`);

suite("findRules", () => {
  test("keeps a text as it is, octet by octet", () => {
    const text = '127.:allow,RELAYCLIENT=""\n# \xe9\n\n1.2.3.4:deny,X="\xff"';
    assert.deepEqual(find(text), { text, said: [] });
    assert.deepEqual(find(""), { text: "", said: [] });
    assert.equal(find(undefined).text, undefined);
  });

  test("takes out what makes the file void, and keeps the numbers of the lines", () => {
    const { text, said } = find(
      '1.2.3.4:alow\n127.:allow,RELAYCLIENT=""\n5.6.7.8:allow,X\n9.:deny\0\n',
    );
    assert.equal(
      text,
      '# left out: 1.2.3.4:alow\n127.:allow,RELAYCLIENT=""\n# left out: 5.6.7.8:allow,X\n# left out: 9.:deny?\n',
    );
    assert.deepEqual(
      said.map((line) => line.split(": ")[0]),
      [`operator ${path}:4`, `operator ${path}:1`, `operator ${path}:3`],
    );
  });

  test("takes out thousands of such lines", () => {
    const { text, said } = find(`${"1.2.3.4:alow\n".repeat(5000)}127.:allow\n`);
    assert.equal(text?.split("\n")[5000], "127.:allow");
    assert.ok(said.length < 100);
  });

  test("reads lines that end in CR LF", () => {
    const { text, said } = find('127.:allow,RELAYCLIENT=""\r\n:allow\r\n');
    assert.equal(text, '127.:allow,RELAYCLIENT=""\n:allow\n');
    assert.match(said.join(), /^translated .*CR LF/);
  });

  test("makes a text of a compiled file that has none", () => {
    const { text, said } = find(undefined, {
      compiledRules: compiled('127.:allow,RELAYCLIENT=""\n'),
    });
    assert.equal(text, '127.:allow,RELAYCLIENT=""\n');
    assert.match(said.join(), /^translated .*text is missing/);
    const damaged = find(undefined, { compiledRules: file(`${path}.cdb`, "damaged") });
    assert.equal(damaged.text, undefined);
    assert.match(damaged.said.join(), /^operator .*tcp\.smtp\.cdb/);
  });

  test("tells where the compiled file says something else, but for who has read mail", () => {
    const text = '127.:allow,RELAYCLIENT=""\n10.:allow\n';
    const openSmtp = file("open-smtp", '1.2.3.4:allow,RELAYCLIENT=""\t1100000000\n');
    const same = compiled(`${text}1.2.3.4:allow,RELAYCLIENT=""\n`);
    assert.match(
      find(text, { compiledRules: same, openSmtp }).said.join(),
      /^left-out .*says the same/,
    );
    const other = compiled("127.:deny\n10.:allow\n");
    const { said } = find(text, { compiledRules: other });
    assert.match(said.join(), /^operator .*not in the text: "127\."; in the text alone: "127\."/);
  });
});

suite("asNetworks", () => {
  test("of rules that let networks relay and do nothing else", () => {
    const text =
      '127.:allow,RELAYCLIENT=""\n192.0.2.1:allow,RELAYCLIENT="",RBLSMTPD=""\n2001:db8::/48:allow,RELAYCLIENT=""\n:allow,QMAILQUEUE="x"\n';
    assert.deepEqual(networks(text), ["192.0.2.1/32 2", "2001:db8::/48 3", "127.0.0.0/8 1"]);
    assert.deepEqual(networks(":allow\n"), []);
    assert.deepEqual(networks(""), []);
  });

  test("none where a rule does more, or hides one that does", () => {
    for (const more of [
      "192.0.2.1:deny",
      "192.0.2.1:allow",
      '192.0.2.1:allow,RELAYCLIENT="",DATABYTES="5"',
      '192.0.2.1:allow,RBLSMTPD="go"',
      '=.partner.example:allow,RELAYCLIENT=""',
      ':allow,RBLSMTPD=""',
      ":deny",
      '1.2.3.0-255:allow,RELAYCLIENT=""',
    ]) {
      assert.equal(networks(`192.0.2.:allow,RELAYCLIENT=""\n${more}\n`), undefined, more);
    }
  });
});

test("withoutLines keeps the others where they are", () => {
  assert.equal(withoutLines("a\nb\nc\n", [2, 9]), "a\n# left out: b\nc\n");
  assert.equal(withoutLines("a\rb\x07", [1]), "# left out: a?b?");
});

test("grantingAddresses are those of rules that let relay", () => {
  const text =
    '127.:allow,RELAYCLIENT=""\n1.2.3.1-9:allow,RELAYCLIENT=""\n5.:deny\n:allow,RELAYCLIENT=""\n';
  assert.deepEqual(grantingAddresses({ text, at: { path } }), ["everybody", "1.2.3.1-9", "127."]);
});
