import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { describe, test, type TestContext } from "node:test";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import { whyMissing } from "../support/command.ts";
import { chosenCompression } from "../support/compression.ts";
import { judgeScan, scanTls } from "../support/sslscan.ts";
import { startTlsServer } from "../support/tls-server.ts";

async function startWeak(t: TestContext, options: TlsOptions): Promise<number> {
  const { certificate: cert, key } = makeSelfSigned({ names: ["weak.example"], now: Date.now() });
  const server = createServer({ cert, key, ...options });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return (server.address() as AddressInfo).port;
}

describe("sslscan", { skip: await whyMissing("sslscan") }, () => {
  test("finds nothing below TLS 1.2 and no weak cipher in our TLS", async (t) => {
    const scan = await scanTls(await startTlsServer(t), { startTls: "none" });
    assert.deepEqual(scan.faults, []);
    assert.deepEqual(scan.versions, ["tls 1.2", "tls 1.3"]);
    assert.ok(scan.ciphers.length >= 6, scan.ciphers.join(" "));
  });

  test("finds what is old and weak where it is", async (t) => {
    const port = await startWeak(t, { minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" });
    const { faults, versions } = await scanTls({ host: "127.0.0.1", port }, { startTls: "none" });
    assert.ok(versions.includes("tls 1.0"), versions.join());
    assert.ok(faults.includes("tls 1.1 is spoken"));
    assert.match(faults.join("\n"), /^ECDHE-ECDSA-AES128-SHA is taken with TLSv1\.2/m);
  });

  test("finds no TLS where there is none", async () => {
    await assert.rejects(scanTls({ host: "127.0.0.1", port: 9 }, { startTls: "none" }), /no TLS/);
  });
});

test("what sslscan writes about older servers is judged, too", () => {
  const { faults } = judgeScan(`
    <protocol type="ssl" version="3" enabled="1" />
    <compression supported="1" />
    <renegotiation supported="1" secure="0" />
    <heartbleed sslversion="TLSv1.2" vulnerable="1" />
    <cipher status="accepted" sslversion="TLSv1.2" bits="128" cipher="AECDH-AES128-SHA" strength="anonymous" />
    <cipher status="accepted" sslversion="TLSv1.2" bits="256" cipher="DHE-RSA-AES256-GCM-SHA384" strength="weak" />
    <signature-algorithm>sha1WithRSAEncryption</signature-algorithm>
    <pk error="false" type="RSA" bits="1024" />`);
  assert.deepEqual(faults, [
    "ssl 3 is spoken",
    "AECDH-AES128-SHA is taken with TLSv1.2 (anonymous)",
    "DHE-RSA-AES256-GCM-SHA384 is taken with TLSv1.2 (weak)",
    "what is sent is compressed (CRIME)",
    "renegotiation is not secure (RFC 5746)",
    "memory can be read with TLSv1.2 (Heartbleed)",
    "the certificate is signed with sha1WithRSAEncryption",
    "the certificate's key is weak (RSA, 1024 bits)",
  ]);
});

test("a client that asks for compression does not get it", async (t) => {
  assert.equal(await chosenCompression(await startTlsServer(t)), 0);
});
