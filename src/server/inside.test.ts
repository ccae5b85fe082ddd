import assert from "node:assert/strict";
import { test } from "node:test";
import { isInside } from "./inside.ts";

const addresses: Readonly<Record<string, boolean>> = {
  "127.0.0.1": true,
  "0.0.0.0": true,
  "10.1.2.3": true,
  "172.31.0.1": true,
  "192.168.1.1": true,
  "169.254.169.254": true,
  "100.64.0.1": true,
  "224.0.0.1": true,
  "255.255.255.255": true,
  "::": true,
  "::1": true,
  "::ffff:127.0.0.1": true,
  "fd00::1": true,
  "fe80::1": true,
  "ff02::1": true,
  "no address": true,
  "8.8.8.8": false,
  "172.32.0.1": false,
  "2a00:1450:4001::1": false,
};
for (const [address, inside] of Object.entries(addresses)) {
  test(`${address}: ${inside}`, () => assert.equal(isInside(address), inside));
}
