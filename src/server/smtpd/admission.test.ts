import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseIp } from "../../core/mail/ip.ts";
import { TrustedNetworks } from "../../core/policy/trusted.ts";
import { readRulesText } from "../../core/rules/text.ts";
import { finish } from "../../core/work.ts";
import type { NameAnswer } from "../../io/dns/verified-name.ts";
import { admit } from "./admission.ts";

const session = {
  hostname: "mail.example.org",
  maxMessageSize: 1000,
  maxRecipients: 10,
  maxErrors: 10,
  maxIdleCommands: 10,
  maxRefusedRecipients: 10,
};

/** A client of 192.0.2.7, whose name is what `answers` say, one after the other. */
function admitted(lines: readonly string[], ...answers: readonly NameAnswer[]) {
  const read = finish(readRulesText(lines.join("\n"), "t"));
  assert.ok(read.ok);
  const asked: string[] = [];
  const admission = admit(parseIp("192.0.2.7")!, {
    rules: { networks: new TrustedNetworks([]) },
    addressRules: read.value.rules,
    session,
    async lookUpName() {
      asked.push("name");
      return answers[asked.length - 1] ?? { kind: "none" };
    },
  });
  return { admission, asked };
}

const unknown: NameAnswer = { kind: "unknown", why: "no answer" };
const named: NameAnswer = { kind: "name", name: "mail.example.net" };

suite("a client's admission", () => {
  test("looks nothing up where the address decides", () => {
    const { admission, asked } = admitted(["192.0.2.7:allow", "=.example.net:deny", ":deny"]);
    const fact = admission.access();
    assert.ok(!(fact instanceof Promise) && fact.known && fact.value.access === "allow");
    assert.deepEqual(asked, []);
  });

  test("looks the name up once, and at once", async () => {
    const rules = ["=mail.example.net:deny", "192.0.2.:allow"];
    const { admission, asked } = admitted(rules, named);
    assert.deepEqual(asked, ["name"]);
    const [one, other] = [await admission.access(), await admission.access()];
    assert.ok(one.known && one.value.access === "deny");
    assert.equal(one, other);
    assert.deepEqual(asked, ["name"]);
  });

  test("looks a name up again that was not found out", async () => {
    const rules = ['=mail.example.net:allow,RELAYCLIENT=""'];
    const { admission, asked } = admitted(rules, unknown, named);
    const first = await admission.access();
    assert.deepEqual(first, { known: false, why: "no answer", neverDenies: true });
    const second = await admission.access();
    assert.ok(second.known && second.value.access === "allow" && second.value.relay);
    assert.deepEqual(asked, ["name", "name"]);
  });

  test("might deny where a rule with a name does, or the rule without one", async () => {
    for (const rules of [["=.example.net:deny"], ["=.example.net:allow", ":deny"]]) {
      assert.deepEqual(await admitted(rules, unknown).admission.access(), {
        known: false,
        why: "no answer",
      });
    }
  });

  test("lowers the size of a message, and never raises it", async () => {
    const sizeUnder = (...rules: readonly string[]) =>
      admitted(rules).admission.session.maxMessageSize;
    assert.equal(sizeUnder('192.0.2.:allow,DATABYTES="500"'), 500);
    assert.equal(sizeUnder('192.0.2.:allow,DATABYTES="5000"'), 1000);
    assert.equal(sizeUnder('192.0.2.:allow,DATABYTES="0"'), 1000);
    const { admission } = admitted(['=.example.net:allow,DATABYTES="300"'], named);
    assert.equal(admission.session.maxMessageSize, 1000);
    await admission.access();
    assert.equal(admission.session.maxMessageSize, 300);
  });
});
