import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { readRulesText } from "../../core/rules/text.ts";
import { finish } from "../../core/work.ts";
import type { NameAnswer } from "../../io/dns/verified-name.ts";
import { createClientAccess } from "./client-access.ts";

/** A client of 192.0.2.7, whose name is what `answers` say, one after the other. */
function admitted(lines: readonly string[], ...answers: readonly NameAnswer[]) {
  const read = finish(readRulesText(lines.join("\n"), "t"));
  assert.ok(read.ok);
  const asked: string[] = [];
  const access = createClientAccess(parseIp("192.0.2.7")!, read.value.rules, async () => {
    asked.push("name");
    return answers[asked.length - 1] ?? { kind: "none" };
  });
  return { access, asked };
}

const unknown: NameAnswer = { kind: "unknown", why: "no answer" };
const named: NameAnswer = { kind: "name", name: "mail.example.net" };

suite("what the address rules say of a client", () => {
  test("looks nothing up where the address decides", () => {
    const { access, asked } = admitted(["192.0.2.7:allow", "=.example.net:deny", ":deny"]);
    const fact = access.verdict();
    assert.ok(!(fact instanceof Promise) && fact.known && fact.value.access === "allow");
    assert.deepEqual(asked, []);
  });

  test("looks the name up once, and at once", async () => {
    const rules = ["=mail.example.net:deny", "192.0.2.:allow"];
    const { access, asked } = admitted(rules, named);
    assert.deepEqual(asked, ["name"]);
    const [one, other] = [await access.verdict(), await access.verdict()];
    assert.ok(one.known && one.value.access === "deny");
    assert.equal(one, other);
    assert.deepEqual(asked, ["name"]);
  });

  test("looks a name up again that was not found out", async () => {
    const rules = ['=mail.example.net:allow,RELAYCLIENT=""'];
    const { access, asked } = admitted(rules, unknown, named);
    const first = await access.verdict();
    assert.deepEqual(first, { known: false, why: "no answer", neverDenies: true });
    const second = await access.verdict();
    assert.ok(second.known && second.value.access === "allow" && second.value.relay);
    assert.deepEqual(asked, ["name", "name"]);
  });

  test("might deny where a rule with a name does, or the rule without one", async () => {
    for (const rules of [["=.example.net:deny"], ["=.example.net:allow", ":deny"]]) {
      assert.deepEqual(await admitted(rules, unknown).access.verdict(), {
        known: false,
        why: "no answer",
      });
    }
  });

  test("tells the largest message, as soon as it is known", async () => {
    const sizeUnder = (...rules: readonly string[]) => admitted(rules).access.maxSize;
    assert.equal(sizeUnder('192.0.2.:allow,DATABYTES="500"'), 500);
    assert.equal(sizeUnder('192.0.2.:allow,DATABYTES="0"'), undefined);
    const { access } = admitted(['=.example.net:allow,DATABYTES="300"'], named);
    assert.equal(access.maxSize, undefined);
    await access.verdict();
    assert.equal(access.maxSize, 300);
  });
});
