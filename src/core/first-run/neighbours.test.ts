import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPrefix, parseIp } from "../mail/ip.ts";
import { findNeighbours, type InterfaceAddress } from "./neighbours.ts";

const addresses: readonly InterfaceAddress[] = [
  { device: "lo", cidr: "127.0.0.1/8" },
  { device: "lo", cidr: "::1/128" },
  { device: "eth0", cidr: "192.168.7.9/26" },
  { device: "eth0", cidr: "203.0.113.9/24" },
  { device: "eth0", cidr: "2001:db8::9/64" },
  { device: "eth0", cidr: "fd00:1::9/64" },
  { device: "eth0", cidr: "fe80::9/64" },
  { device: "eth1", cidr: "169.254.3.3/16" },
  { device: "tun0", cidr: "10.8.0.1/32" },
  { device: "odd0", cidr: "10.0.0.1/4" },
  { device: "odd1", cidr: null },
  { device: "docker0", cidr: "172.17.0.1/16" },
];

const docker = {
  address: parseIp("172.17.0.1") ?? assert.fail(),
  kind: "bridge",
  device: "docker0",
} as const;

test("private networks are suggested as wide as the interface has them, containers' never", () => {
  const found = findNeighbours(addresses, { inContainer: false, gateways: [docker] });
  assert.deepEqual(
    found.map(({ prefix, device }) => `${formatPrefix(prefix)} ${device}`),
    ["192.168.7.0/26 eth0", "fd00:1::/64 eth0", "10.8.0.1/32 tun0"],
  );
});

test("in a container nothing is suggested", () => {
  assert.deepEqual(findNeighbours(addresses, { inContainer: true, gateways: [] }), []);
});
