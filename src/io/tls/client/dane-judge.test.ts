// Judges of hosts in this process that show what they like.

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { suite, test, type TestContext } from "node:test";
import { createServer } from "node:tls";
import { type Certificate, makeAuthority } from "../../../../test/support/certificates.ts";
import type { TlsaRecord } from "../../../core/dane/tlsa.ts";
import { systemAuthorities } from "./authorities.ts";
import { createDaneJudge, isWhole } from "./dane-judge.ts";
import { secureHost } from "./secure-host.ts";
import { createSessionCache } from "./session-cache.ts";

const authority = makeAuthority("Test Authority");
const between = makeAuthority("Between", { issuer: authority });
const impostor = makeAuthority("Test Authority");
const noAuthority = makeAuthority("No Authority", { issuer: authority, isAuthority: false });

const good = authority.issue({ names: ["mx.example"] });
const named = authority.issue({ names: ["example.org"] });
const strange = authority.issue({ names: ["other.example"] });
const expired = authority.issue({ names: ["mx.example"], from: -10, to: -1 });
const below = between.issue({ names: ["mx.example"] });
const forged = impostor.issue({ names: ["mx.example"] });
const stolen = noAuthority.issue({ names: ["mx.example"] });

/** `usage selector matching` for a certificate. */
function tlsa(kind: string, { cert }: Pick<Certificate, "cert">): TlsaRecord {
  const [usage = 0, selector = 0, matching = 0] = kind.split(" ").map(Number);
  const { raw, publicKey } = new X509Certificate(cert);
  const octets = selector === 1 ? publicKey.export({ format: "der", type: "spki" }) : raw;
  const algorithm = ["", "sha256", "sha512"][matching] ?? "";
  const data = matching === 0 ? octets : createHash(algorithm).update(octets).digest();
  return { usage, selector, matching, data };
}

interface Case {
  readonly what: string;
  /** The host's own, and whose it shows beside it. */
  readonly shown: readonly [Certificate, ...Certificate[]];
  readonly records: readonly TlsaRecord[];
  /** Nothing is wrong by default. */
  readonly doubt?: RegExp;
  readonly flaw?: string;
}

const noMatch = {
  doubt: /^its certificate matches none of the TLSA records of mx\.example$/,
  flaw: "tlsa-invalid",
};

async function judge(t: TestContext, { shown, records }: Case) {
  const [{ key }] = shown;
  const cert = shown.map((each) => each.cert).join("");
  const names: string[] = [];
  const server = createServer({
    cert,
    key,
    SNICallback: (name, done) => (names.push(name), done(null)),
  });
  server.on("secureConnection", (socket) => socket.on("error", () => {}).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  const { port } = server.address() as AddressInfo;
  const clear = connect(port, "127.0.0.1");
  t.after(() => {
    clear.destroy();
    server.close();
  });
  await once(clear, "connect");
  const { socket, done } = secureHost(clear, {
    host: "alias.example",
    port,
    judge: createDaneJudge({ base: "mx.example", names: ["mx.example", "example.org"], records }),
    authorities: await system,
    sessions: createSessionCache(() => 0),
    now: Date.now,
  });
  socket.on("error", () => {});
  const result = await done;
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(names, ["mx.example"], "RFC 7672 §8.1: the records' own name");
  return result.value;
}

const system = systemAuthorities({});

suite("TLSA records of the host's own certificate", () => {
  const cases: readonly Case[] = [
    ...["3 0 0", "3 0 1", "3 0 2", "3 1 0", "3 1 1", "3 1 2"].map((kind) => ({
      what: `are matched (${kind})`,
      shown: [good] as const,
      records: [tlsa(kind, good)],
    })),
    { what: "say enough without its name", shown: [strange], records: [tlsa("3 1 1", strange)] },
    { what: "say enough after its time", shown: [expired], records: [tlsa("3 0 1", expired)] },
    {
      what: "may be of the next one as well",
      shown: [good],
      records: [tlsa("3 1 1", strange), tlsa("3 1 1", good)],
    },
    { what: "may be of another one", shown: [good], records: [tlsa("3 1 1", strange)], ...noMatch },
    {
      what: "do not mean its authority",
      shown: [good, authority],
      records: [tlsa("3 0 1", authority)],
      ...noMatch,
    },
  ];
  for (const each of cases) test(each.what, (t) => assertJudged(t, each));
});

suite("TLSA records of an authority", () => {
  const cases: readonly Case[] = [
    ...["2 0 0", "2 0 1", "2 1 0", "2 1 1", "2 1 2"].map((kind) => ({
      what: `are matched by what the host shows (${kind})`,
      shown: [good, authority] as const,
      records: [tlsa(kind, authority)],
    })),
    ...["2 0 0", "2 1 0"].map((kind) => ({
      what: `are enough where they hold all of it (${kind})`,
      shown: [good] as const,
      records: [tlsa(kind, authority)],
    })),
    {
      what: "are not, where they are a digest and the host does not show it",
      shown: [good],
      records: [tlsa("2 0 1", authority)],
      ...noMatch,
    },
    {
      what: "may stand further up",
      shown: [below, between, authority],
      records: [tlsa("2 1 1", authority)],
    },
    {
      what: "may stand in the middle",
      shown: [below, between],
      records: [tlsa("2 0 1", between)],
    },
    {
      what: "need the chain in between",
      shown: [below, authority],
      records: [tlsa("2 0 1", authority)],
      ...noMatch,
    },
    {
      what: "may be matched by the domain's name",
      shown: [named, authority],
      records: [tlsa("2 0 1", authority)],
    },
    {
      what: "are not for other hosts of that authority",
      shown: [strange, authority],
      records: [tlsa("2 0 1", authority)],
      doubt: /^the certificate is for other\.example, not for mx\.example or example\.org$/,
      flaw: "certificate-host-mismatch",
    },
    {
      what: "are not for ever",
      shown: [expired, authority],
      records: [tlsa("2 0 1", authority)],
      doubt: /^the certificate expired on /,
      flaw: "certificate-expired",
    },
    {
      what: "are not matched by whoever has its name",
      shown: [forged, authority],
      records: [tlsa("2 0 1", authority), tlsa("2 0 0", authority), tlsa("2 1 0", authority)],
      ...noMatch,
    },
    {
      what: "are not matched through one that is no authority",
      shown: [stolen, noAuthority, authority],
      records: [tlsa("2 0 1", authority), tlsa("2 0 0", authority), tlsa("2 0 1", noAuthority)],
      ...noMatch,
    },
    {
      what: "do not mean the host's own certificate",
      shown: [good],
      records: [tlsa("2 0 1", good)],
      ...noMatch,
    },
  ];
  for (const each of cases) test(each.what, (t) => assertJudged(t, each));
});

async function assertJudged(t: TestContext, each: Case): Promise<void> {
  const { doubt, flaw } = await judge(t, each);
  if (each.doubt === undefined) assert.equal(doubt, undefined);
  else assert.match(doubt ?? "", each.doubt);
  assert.equal(flaw, each.flaw);
}

test("a judge by other records has another key", () => {
  const options = { base: "mx.example", names: ["mx.example"], records: [tlsa("3 1 1", good)] };
  const { key } = createDaneJudge(options);
  assert.equal(createDaneJudge(options).key, key);
  assert.notEqual(createDaneJudge({ ...options, records: [tlsa("3 0 1", good)] }).key, key);
  assert.notEqual(createDaneJudge({ ...options, names: ["example.org"] }).key, key);
});

test("a record that should hold all of a certificate, or of a key, may hold something else", () => {
  const garbled = [Uint8Array.of(0x30, 0x80), Uint8Array.of(1, 2, 3), new Uint8Array(300)];
  for (const data of garbled) {
    assert.ok(!isWhole({ usage: 2, selector: 0, matching: 0, data }));
    assert.ok(!isWhole({ usage: 3, selector: 1, matching: 0, data }));
  }
  const more = { ...tlsa("2 0 0", authority) };
  assert.ok(!isWhole({ ...more, data: Buffer.concat([more.data, Buffer.of(0)]) }));
  for (const kind of ["2 0 0", "2 1 0", "3 0 0", "3 1 0", "3 1 1", "2 0 2"]) {
    assert.ok(isWhole(tlsa(kind, authority)), kind);
  }
});
