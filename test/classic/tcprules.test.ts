// Debian's tcprules and tcprulescheck, and ours: the same file compiles to the same octets, and the
// same client meets the same rule, whoever compiled it and whoever looks it up.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { formatProblem } from "../../src/core/config/problem.ts";
import { parseIp } from "../../src/core/mail/ip.ts";
import type { AddressRules } from "../../src/core/rules/address-rules.ts";
import { compileRules } from "../../src/core/rules/compile.ts";
import { readCompiledRules } from "../../src/core/rules/compiled.ts";
import { readRulesText } from "../../src/core/rules/text.ts";
import { finish } from "../../src/core/work.ts";
import { createRandom } from "../faults/support/random.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { temporaryFolder } from "../support/server.ts";
import { type Client, client, ruleSet } from "./rule-sets.ts";

const sets = 92;
const clientsEach = 110;

/** What tcprulescheck prints of a rule's effect. */
interface Effect {
  /** The key that was found, as far as we keep it: not where a range was written. */
  readonly key: string | undefined;
  readonly deny: boolean;
  readonly variables: readonly string[];
}

const skip = await whyMissing("tcprulescheck");

test("tcprules and tcprulescheck agree with us", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const random = createRandom(20_050_213);
  const all = Array.from({ length: sets }, (_, index) => ({
    file: join(folder, String(index)),
    text: ruleSet(random),
    clients: Array.from({ length: clientsEach }, () => client(random)),
  }));
  await mkdir(folder, { recursive: true });
  for (const { file, text } of all) {
    await writeFile(`${file}.txt`, text, "latin1");
    await writeFile(`${file}.ours`, compile(text));
  }

  await t.test("we compile to the same octets", async () => {
    const words = all.map(({ file }) => `tcprules ${file}.theirs ${file}.tmp < ${file}.txt`);
    const { code, stderr } = await runCommand("sh", ["-e"], words.join("\n"));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    for (const { file, text } of all) {
      const [ours, theirs] = [await readFile(`${file}.ours`), await readFile(`${file}.theirs`)];
      assert.ok(ours.equals(theirs), text);
    }
  });

  await t.test(`${sets * clientsEach} clients meet the same rules`, async () => {
    const checks = all.flatMap(({ file, clients }) =>
      clients.map((one) => `${environment(one)} tcprulescheck ${file}.ours; echo`),
    );
    const { stdout } = await runCommand("sh", [], checks.join("\n"));
    const effects = Buffer.from(stdout).toString().split("\n\n").slice(0, -1).map(readEffect);
    assert.equal(effects.length, sets * clientsEach);
    for (const [index, { file, text, clients }] of all.entries()) {
      const read = finish(readRulesText(text, file));
      const compiled = finish(readCompiledRules(await readFile(`${file}.theirs`), file));
      assert.ok(read.ok && compiled.ok);
      for (const [number, one] of clients.entries()) {
        const expected = effects[index * clientsEach + number];
        assert.ok(expected);
        const asked = `${JSON.stringify(one)} in\n${text}`;
        assert.deepEqual(effectOf(read.value.rules, one, expected), expected, asked);
        assert.deepEqual(effectOf(compiled.value.rules, one, expected), expected, asked);
      }
    }
  });

  await t.test("what they refuse we refuse", async () => {
    for (const line of refused) {
      await writeFile(join(folder, "bad.txt"), `10.:allow\n${line}\n`, "latin1");
      const words = `cd ${folder} && tcprules bad.cdb bad.tmp < bad.txt`;
      const { code } = await runCommand("sh", ["-c", words]);
      assert.equal(code, 100, line);
      assert.equal(finish(readRulesText(`10.:allow\n${line}\n`, "t")).ok, false, line);
    }
  });
});

const refused = [
  "10.:",
  "10.:alow",
  "10.:allow ,A=xx",
  "10.:allow,",
  "10.:allow,A",
  "10.:allow,A=",
  "10.:allow,A=x",
  '10.:allow,A="b"c',
  "10.:deny\r",
  "1.2.3.a-5:allow",
  "1.2-3-4:allow",
  "mail-1.example:allow",
];

function compile(text: string): Uint8Array {
  const compiled = finish(compileRules(text, "t"));
  assert.ok(compiled.ok, compiled.ok ? "" : compiled.problem.map(formatProblem).join("\n") + text);
  return compiled.value;
}

function environment({ address, name }: Client): string {
  return `TCPREMOTEIP=${address}${name === undefined ? "" : ` TCPREMOTEHOST=${name}`}`;
}

function readEffect(said: string): Effect {
  const [first = "", ...rest] = said.split("\n");
  return {
    key: /^rule (.*):$/.exec(first)?.[1],
    deny: rest.at(-1) === "deny connection",
    variables: rest.slice(0, -1).map((line) => line.replace("set environment variable ", "")),
  };
}

function effectOf(rules: AddressRules, { address, name }: Client, expected: Effect): Effect {
  const ip = parseIp(address);
  assert.ok(ip);
  const rule = rules.find(ip, name);
  // A connection that is denied is not told of variables.
  const variables = rule?.instruction.deny === false ? rule.instruction.variables : [];
  const isRange = rule?.address.includes("-") === true;
  return {
    key: isRange ? expected.key : rule?.address,
    deny: rule?.instruction.deny ?? false,
    variables: variables.map((variable) =>
      // The shell's output is read as UTF-8, and the rules are octets.
      Buffer.from(`${variable.name}=${variable.value}`, "latin1").toString(),
    ),
  };
}
