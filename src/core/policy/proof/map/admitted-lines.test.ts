import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatPrefix, parsePrefix } from "../../../mail/ip.ts";
import { accessRules, policyOf } from "../fixture.test.ts";
import type { AccessRule, RelayPolicy } from "../policy.ts";
import { prove } from "../prove.ts";
import { AdmittedLines } from "./admitted-lines.ts";

function prefix(text: string) {
  return parsePrefix(text) ?? assert.fail(text);
}

function network(line: number, text: string) {
  return { prefix: prefix(text), place: { file: "b.yaml", line, column: 3 } };
}

function rule(line: number, text: string, relay: boolean): AccessRule {
  const place = { file: "tcp.smtp", line, column: 1 };
  const verdict = relay
    ? { access: "allow" as const, relay, skipsBlocklists: false, place }
    : { access: "deny" as const, temporary: false, place };
  return { pattern: { kind: "network", prefix: prefix(text) }, verdict };
}

function linesOf(policy: Partial<RelayPolicy>) {
  const whole = policyOf(policy);
  const proof = prove(whole, { inContainer: false, gateways: [] });
  const lines = new AdmittedLines({ policy: whole, proof });
  return lines.admissions.map((_, line) => lines.describe(line, 4) ?? assert.fail());
}

describe("a line that admits somebody", () => {
  test("is named as the command line does, with what it admits", () => {
    const [one, two] = linesOf({
      rules: { networks: [network(5, "203.0.112.0/24")] },
      access: accessRules([rule(9, "198.51.0.0/16", true)]),
    });
    assert.deepEqual(new Set([one?.name, two?.name]), new Set(["line 5", "tcp.smtp:9"]));
    const line = one?.name === "line 5" ? one : two;
    assert.deepEqual(line?.prefixes.map(formatPrefix), ["203.0.112.0/24"]);
    assert.equal(line?.addresses, 256n);
    assert.deepEqual(line?.meets, []);
  });

  test("meets what is private, reserved, acknowledged, denied, or named elsewhere, too", () => {
    const lines = linesOf({
      rules: { networks: [network(1, "10.0.0.0/8"), network(2, "10.1.0.0/16")] },
    });
    assert.deepEqual(
      lines.map(({ name }) => name),
      ["line 1"],
    );
    assert.deepEqual(lines[0]?.meets, [
      "private addresses, which nobody has on the Internet",
      "named at line 2, too, which would admit some of it as well",
    ]);

    const [denied] = linesOf({
      access: accessRules([rule(1, "192.0.2.0/28", false), rule(2, "192.0.2.0/24", true)]),
    });
    assert.deepEqual(denied?.meets, [
      "reserved addresses, from which no public host sends",
      "other lines decide about 16 addresses that it names, too",
    ]);

    const [wide] = linesOf({
      rules: { networks: [network(1, "20.0.0.0/12")] },
      acknowledged: [network(7, "20.0.0.0/12")],
    });
    assert.deepEqual(wide?.meets, ["acknowledged as yours: 20.0.0.0/12"]);
  });

  test("meets what the proof found wrong with it", () => {
    const [wide] = linesOf({ rules: { networks: [network(1, "20.0.0.0/12")] } });
    assert.match(wide?.meets[0] ?? "", /^problem: relay\.networks: this lets 20\.0\.0\.0\/12/);
  });

  test("has a bounded list of prefixes", () => {
    const holes = Array.from({ length: 40 }, (_, at) => rule(at + 1, `20.0.0.${at * 6}/32`, false));
    const [line] = linesOf({
      access: accessRules([...holes, rule(99, "20.0.0.0/24", true)]),
    });
    assert.equal(line?.prefixes.length, 8);
    assert.equal(line?.hasMore, true);
    assert.equal(line?.addresses, 216n);
  });
});
