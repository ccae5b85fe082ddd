import { test } from "node:test";
import type { Finding as ProofFinding } from "../policy/proof/finding.ts";
import { nowhere } from "../policy/proof/space.ts";
import { judgeConfiguration } from "./configuration.ts";
import { assertFindings } from "./fixture.test.ts";

const wide: ProofFinding = {
  severity: "problem",
  kind: "too-wide",
  space: nowhere,
  text: "too wide",
};

function judge(findings: readonly ProofFinding[], fileProblems: readonly string[] = []) {
  const proof = { admissions: [], findings };
  return judgeConfiguration({ file: "b.yaml", fileProblems, fileWarnings: [], proof });
}

test("a proof that holds is said, and one that does not", () => {
  assertFindings(judge([]), ["ok", /b\.yaml is in order and proven: nobody relays/]);
  assertFindings(judge([wide]), ["problem", /too wide/]);
  const doubt: ProofFinding = { ...wide, severity: "warning" };
  assertFindings(judge([doubt]), ["warning", /too wide/], ["ok", /proven/]);
  assertFindings(judge([], ["b.yaml:3:1: no key"]), ["problem", /no key/], ["ok", /proven/]);
});

test("gateways are another check's", () => {
  assertFindings(judge([{ ...wide, severity: "warning", kind: "gateway" }]), ["ok", /proven/]);
  assertFindings(judge([{ ...wide, kind: "gateway" }]));
});
