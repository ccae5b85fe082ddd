import { test } from "node:test";
import { bad, good } from "../result.ts";
import { assertFindings, ip } from "./fixture.test.ts";
import { type HostNameFacts, judgeHostName } from "./host-name.ts";

const facts: HostNameFacts = {
  hostname: "mail.example.org",
  addresses: good(["192.0.2.7"]),
  own: [ip("192.0.2.7"), ip("10.0.0.2")],
  isLookedUp: true,
};

function judge(changes: Partial<HostNameFacts>) {
  return judgeHostName({ ...facts, ...changes });
}

test("a name that leads here is in order", () => {
  assertFindings(judge({}), ["ok", /leads to this machine \(192\.0\.2\.7\)/]);
});

test("a name that nobody can look up is said so", () => {
  assertFindings(judge({ hostname: "mail" }), ["problem", /no full name/]);
  assertFindings(judge({ hostname: "mail.test" }), ["warning", /never has/]);
  assertFindings(judge({ addresses: bad("no DNS server answered in time") }), [
    "warning",
    /could not be looked up: no DNS server answered in time/,
  ]);
});

test("a name without an address matters to those whom others look up", () => {
  assertFindings(judge({ addresses: good([]) }), ["problem", /has no address/]);
  assertFindings(judge({ addresses: good([]), isLookedUp: false }), ["warning", /has no address/]);
});

test("a name that leads elsewhere is another machine's, unless a gateway stands between", () => {
  assertFindings(judge({ addresses: good(["198.51.100.1"]) }), ["problem", /is another machine/]);
  assertFindings(judge({ addresses: good(["192.0.2.7", "2001:db8::1"]) }), [
    "warning",
    /and to 2001:db8::1, which is not its own/,
  ]);
  const own = [ip("10.0.0.2"), ip("fd00::2")];
  assertFindings(judge({ own }), ["ok", /behind a gateway \(NAT\)/]);
  assertFindings(judge({ own, addresses: good(["10.9.9.9"]) }), [
    "warning",
    /none of this machine/,
  ]);
});
