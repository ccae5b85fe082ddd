// The suite that the authors of SPF implementations share (test/fixtures/spf), against a DNS that is a
// table; and what it leaves out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { checkSpf, type SpfQuestions } from "./check.ts";

type Value = string | readonly (string | number)[];

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, Case>>;
  /** `TIMEOUT`: nothing else is answered of the name. */
  readonly zonedata: Readonly<
    Record<string, readonly ("TIMEOUT" | Readonly<Record<string, Value>>)[]>
  >;
}

interface Case {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string | null;
  /** Where there are several, each is right. */
  readonly result: string | readonly string[];
}

const file = new URL("../../../../test/fixtures/spf/rfc7208-tests.yml", import.meta.url);

function scenarios(): readonly Scenario[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: false });
  assert.ok(Array.isArray(documents));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the suite has this shape
  return documents.map((document) => document.toJS() as Scenario);
}

type Answer = Result<readonly Value[], string>;

/** A DNS as the suite means it: records of the type SPF stand for TXT where there are none. */
function suiteDns({ zonedata }: Scenario): (name: string, type: string) => Answer {
  const zone = new Map(Object.entries(zonedata).map(([name, said]) => [name.toLowerCase(), said]));
  return function ask(name: string, type: string, aliases = 0): Answer {
    const said = zone.get(name.toLowerCase().replace(/\.$/, ""));
    if (said === undefined) return name.startsWith("error.") ? bad("timeout") : good([]);
    const records = said.flatMap((one) => (one === "TIMEOUT" ? [] : Object.entries(one)));
    const hasText = records.some(([kind]) => kind === "TXT");
    const kind = type === "TXT" && !hasText ? "SPF" : type;
    const [alias] = records.filter(([one]) => one === "CNAME");
    if (aliases > 8) return good([]);
    if (alias !== undefined) return ask(String(alias[1]), type, aliases + 1);
    const found = records.filter(([one, value]) => one === kind && value !== "NONE");
    if (found.some(([, value]) => value === "TIMEOUT")) return bad("timeout");
    if (found.length === 0 && said.includes("TIMEOUT")) return bad("timeout");
    return good(found.map(([, value]) => value));
  };
}

function read(answer: Answer, text: (value: Value) => string): Result<readonly string[], string> {
  return answer.ok ? good(answer.value.map(text)) : answer;
}

function whole(value: Value): string {
  return typeof value === "string" ? value : value.join("");
}

function questionsOf(ask: (name: string, type: string) => Answer): SpfQuestions {
  return {
    texts: async (name) => read(ask(name, "TXT"), whole),
    exchanges: async (name) => read(ask(name, "MX"), (value) => String(value[1])),
    addresses: async (name, version) => read(ask(name, version === 4 ? "A" : "AAAA"), String),
    names: async (reversed) => read(ask(reversed, "PTR"), String),
  };
}

function senderOf(mailfrom: string, helo: string): { local: string; domain: string } {
  const at = mailfrom.lastIndexOf("@");
  if (mailfrom === "") return { local: "postmaster", domain: helo };
  return {
    local: mailfrom.slice(0, Math.max(at, 0)) || "postmaster",
    domain: mailfrom.slice(at + 1),
  };
}

for (const scenario of scenarios()) {
  describe(scenario.description, () => {
    const questions = questionsOf(suiteDns(scenario));
    for (const [id, { helo, host, mailfrom, result }] of Object.entries(scenario.tests)) {
      test(id, async () => {
        const client = parseIp(host) ?? assert.fail(host);
        const sender = senderOf(mailfrom ?? "", helo);
        const verdict = await checkSpf({ client, hello: helo, sender }, questions);
        assert.ok([result].flat().includes(verdict.result), `${verdict.result}: ${verdict.why}`);
      });
    }
  });
}

function check(zone: Readonly<Record<string, Answer>>) {
  const client = parseIp("192.0.2.7") ?? assert.fail();
  const sender = { local: "ann", domain: "example.org" };
  const ask = (name: string, type: string) => zone[`${type} ${name}`] ?? good([]);
  return checkSpf({ client, hello: "client.example", sender }, questionsOf(ask));
}

describe("what the suite leaves out", () => {
  test("a domain's macro is of the record in which it stands", async () => {
    const zone = {
      "TXT example.org": good(["v=spf1 redirect=spf.example.net"]),
      "TXT spf.example.net": good(["v=spf1 exists:%{l}.%{d} -all"]),
      "A ann.spf.example.net": good(["127.0.0.2"]),
    };
    assert.deepEqual(await check(zone), { result: "pass" });
  });

  test("what cannot be found out of an included domain is not taken for nothing", async () => {
    const zone = {
      "TXT example.org": good(["v=spf1 include:spf.example.net -all"]),
      "TXT spf.example.net": bad("no server answered"),
    };
    assert.deepEqual(await check(zone), { result: "temperror", why: "no server answered" });
  });

  test("records that lead in a circle end", async () => {
    const zone = { "TXT example.org": good(["v=spf1 include:example.org -all"]) };
    assert.deepEqual(await check(zone), { result: "permerror", why: "too many look-ups" });
  });

  test("records that are made to be slow to read are not read", async () => {
    const record = `v=spf1 ${"a".repeat(60_000)}`;
    const dots = `v=spf1 ${`exists:${"a.".repeat(250)}% `.repeat(8)}`;
    for (const text of [record, dots, `v=spf1 a:${"-".repeat(500)}/`]) {
      const started = performance.now();
      const verdict = await check({ "TXT example.org": good([text]) });
      assert.equal(verdict.result, "permerror");
      assert.ok(performance.now() - started < 1_000);
    }
  });
});
