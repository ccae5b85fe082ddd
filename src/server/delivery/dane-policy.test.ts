import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TlsaRecord } from "../../core/dane/tlsa.ts";
import { bad, good } from "../../core/result.ts";
import { createDanePolicy } from "./dane-policy.ts";
import type { Candidate } from "./opening.ts";

const own: TlsaRecord = { usage: 3, selector: 1, matching: 1, data: new Uint8Array(32) };
const odd: TlsaRecord = { ...own, usage: 1 };

const here = { name: "mx.example", address: "192.0.2.1", port: 25 };

/** @param canonical of the host. */
function signedHost(isSigned: boolean, canonical = here.name, mx = true): Candidate {
  const domain = { isSigned: mx, canonical: "real.example" };
  return { ...here, signed: { mx: domain, addresses: { isSigned, canonical } } };
}

type Known = Readonly<Record<string, readonly TlsaRecord[] | "unknown">>;

function ask(candidate: Candidate, known: Known = {}, alias: boolean | "unknown" = false) {
  const asked: string[] = [];
  const policy = createDanePolicy({
    async tlsa(name) {
      asked.push(name);
      const records = known[name];
      if (records === "unknown") return { kind: "unknown", why: "SERVFAIL" };
      return records === undefined ? { kind: "none" } : { kind: "records", records };
    },
    async signedAlias(name) {
      asked.push(`alias ${name}`);
      return alias === "unknown" ? bad("SERVFAIL") : good(alias);
    },
  });
  return { asked, found: policy("example.org", candidate) };
}

suite("nothing is asked of a host", () => {
  const cases: readonly (readonly [
    string,
    Candidate,
    isSigned: boolean,
    asked: readonly string[],
  ])[] = [
    ["where nobody looked at signatures", here, false, []],
    ["that somebody may have named", signedHost(true, here.name, false), false, []],
    ["whose addresses are not signed", signedHost(false), true, []],
    [
      "that is an alias, by whom is unknown",
      signedHost(false, "b.example"),
      true,
      ["alias mx.example"],
    ],
    ["without records", signedHost(true), true, ["_25._tcp.mx.example"]],
    [
      "without records, under both of its names",
      signedHost(true, "b.example"),
      true,
      ["_25._tcp.b.example", "_25._tcp.mx.example"],
    ],
  ];
  for (const [what, candidate, isSigned, expected] of cases) {
    test(what, async () => {
      const { asked, found } = ask(candidate);
      assert.deepEqual(await found, { kind: "nothing", isSigned });
      assert.deepEqual(asked, expected);
    });
  }
});

suite("a certificate that fits is asked for", () => {
  const cases: readonly (readonly [string, Candidate, name: string, alias?: boolean])[] = [
    ["under the host's name", signedHost(true), "mx.example"],
    ["under the name that it is an alias of", signedHost(true, "b.example"), "b.example"],
    ["under its own, where that one has no records", signedHost(true, "c.example"), "mx.example"],
    [
      "under its own, where that one is not signed",
      signedHost(false, "c.example"),
      "mx.example",
      true,
    ],
  ];
  for (const [what, candidate, name, alias] of cases) {
    test(what, async () => {
      const found = await ask(candidate, { [`_25._tcp.${name}`]: [own, odd] }, alias).found;
      assert.ok(found.kind === "demand");
      const { judge, ...rest } = found;
      assert.equal(judge?.serverName, name);
      const digits = "00".repeat(32);
      assert.deepEqual(rest, {
        kind: "demand",
        policy: "dane",
        tls: "verified",
        isSigned: true,
        text: [`3 1 1 ${digits}`, `1 1 1 ${digits}`],
      });
    });
  }

  test("or only TLS, where no record can be made use of", async () => {
    const garbled: TlsaRecord = { usage: 2, selector: 0, matching: 0, data: Uint8Array.of(1) };
    const found = await ask(signedHost(true), { "_25._tcp.mx.example": [odd, garbled] }).found;
    assert.ok(found.kind === "demand");
    assert.equal(found.tls, "required");
    assert.equal(found.judge, undefined);
    assert.equal(found.mayBeRaised, true);
  });

  test("by records for the port that is connected to", async () => {
    const { asked, found } = ask({ ...signedHost(true), port: 2525 });
    await found;
    assert.deepEqual(asked, ["_2525._tcp.mx.example"]);
  });
});

suite("a host is passed over for now", () => {
  test("where nobody knows whether it has records", async () => {
    const found = await ask(signedHost(true), { "_25._tcp.mx.example": "unknown" }).found;
    assert.ok(found.kind === "pass-over");
    assert.equal(found.outcome.kind, "temporary");
    assert.match(found.outcome.said.text, /^whether mx\.example has TLSA records .*: SERVFAIL$/);
    assert.equal(found.failure.type, "dnssec-invalid");
  });

  test("even where the other of its names has none, or has some", async () => {
    const known: Known = { "_25._tcp.b.example": "unknown", "_25._tcp.mx.example": [own] };
    const found = await ask(signedHost(true, "b.example"), known).found;
    assert.equal(found.kind, "pass-over");
  });

  test("where nobody knows whether it is a signed alias", async () => {
    const found = await ask(signedHost(false, "b.example"), {}, "unknown").found;
    assert.equal(found.kind, "pass-over");
  });
});
