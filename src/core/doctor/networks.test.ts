import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding as ProofFinding } from "../policy/proof/finding.ts";
import { nowhere } from "../policy/proof/space.ts";
import { assertFindings, ip } from "./fixture.test.ts";
import { judgeNetworks } from "./networks.ts";

const addresses = [{ address: ip("192.0.2.7"), device: "eth0" }];
const onHost = { inContainer: false, gateways: [] };
const bridge = { address: ip("172.17.0.1"), kind: "bridge", device: "docker0" } as const;

test("addresses are told, and that there are none", () => {
  const judge = (own: typeof addresses) =>
    judgeNetworks({ addresses: own, surroundings: onHost, proof: [] });
  assertFindings(judge(addresses), ["ok", /192\.0\.2\.7 \(eth0\)$/]);
  assertFindings(judge([{ address: ip("10.1.2.3"), device: "eth0" }]), [
    "ok",
    /all of them private/,
  ]);
  assertFindings(judge([]), ["warning", /no address but its own loopback/]);
});

test("gateways of containers are told, with whether a network that may relay has them in it", () => {
  const surroundings = { inContainer: false, gateways: [bridge] };
  assertFindings(
    judgeNetworks({ addresses, surroundings, proof: [] }),
    ["ok", /192/],
    ["ok", /172\.17\.0\.1 \(docker0\), and no network that may relay/],
  );
  const found: ProofFinding = {
    severity: "problem",
    kind: "gateway",
    place: { file: "b.yaml", line: 7, column: 3 },
    space: nowhere,
    text: "this lets 172.17.0.1 relay, which is a gateway; list only your own; or acknowledge it",
  };
  const wide: ProofFinding = { ...found, kind: "too-wide" };
  const findings = judgeNetworks({ addresses, surroundings, proof: [found, wide] });
  assertFindings(findings, ["ok", /192/], ["problem", /b\.yaml:7: this lets 172\.17\.0\.1 relay/]);
  assert.equal(findings[1]?.remedy, "list only your own; or acknowledge it");
});
