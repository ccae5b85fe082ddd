import assert from "node:assert/strict";
import { test } from "node:test";
import { type AddressAnswer, type FoundHost, interleave, locateHosts } from "./addresses.ts";

function host(preference: number, name: string, answer: AddressAnswer): FoundHost {
  return { preference, name, answer };
}

function at(...addresses: readonly string[]): AddressAnswer {
  return { kind: "addresses", addresses };
}

const nobody: ReadonlySet<string> = new Set();

test("families take turns, IPv6 first, and nothing is lost", () => {
  assert.deepEqual(interleave(["6a", "6b", "6c"], ["4a"]), ["6a", "4a", "6b", "6c"]);
  assert.deepEqual(interleave([], ["4a", "4b"]), ["4a", "4b"]);
  assert.deepEqual(interleave([], []), []);
});

test("hosts without an address are passed over", () => {
  const found = [
    host(10, "gone.test", { kind: "no-such-host" }),
    host(20, "bare.test", { kind: "none" }),
    host(30, "broken.test", { kind: "unknown", why: "SERVFAIL" }),
    host(40, "good.test", at("192.0.2.1")),
  ];
  const route = locateHosts("example.test", found, nobody);
  assert.deepEqual(route, {
    kind: "hosts",
    hosts: [{ preference: 40, name: "good.test", addresses: ["192.0.2.1"] }],
  });
});

test("a host with one of our addresses is ourselves", () => {
  const found = [
    host(10, "a.test", at("192.0.2.1")),
    host(20, "alias.test", at("2001:db8::1", "192.0.2.2")),
    host(20, "b.test", at("192.0.2.3")),
  ];
  const route = locateHosts("example.test", found, new Set(["192.0.2.2"]));
  assert.deepEqual(route.kind === "hosts" && route.hosts.map(({ name }) => name), ["a.test"]);
  const loop = locateHosts("example.test", found, new Set(["192.0.2.1"]));
  assert.equal(loop.kind === "no-route" && loop.status, "5.4.6");
});

test("no address at all is final only if every answer is", () => {
  const none = host(10, "a.test", { kind: "none" });
  const gone = host(10, "b.test", { kind: "no-such-host" });
  const unknown = host(20, "c.test", { kind: "unknown", why: "no answer" });
  const final = locateHosts("example.test", [none, gone], nobody);
  const open = locateHosts("example.test", [none, unknown], nobody);
  assert.equal(final.kind === "no-route" && final.status, "5.4.4");
  assert.equal(open.kind === "no-route" && open.status, "4.4.3");
});

test("a better host that is only unknown for now makes no loop of a backup", () => {
  const found = [
    host(10, "primary.test", { kind: "unknown", why: "SERVFAIL" }),
    host(20, "backup.test", at("192.0.2.1")),
  ];
  const route = locateHosts("example.test", found, new Set(["192.0.2.1"]));
  assert.equal(route.kind === "no-route" && route.status, "4.4.3");
});
