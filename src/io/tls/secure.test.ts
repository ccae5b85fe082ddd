import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Result } from "../../core/result.ts";
import type { TlsFacts } from "../../core/tls-facts.ts";
import { openCertificates } from "./certificates.ts";
import { handshake, secure } from "./secure.ts";
import { makeSelfSigned } from "./self-signed.ts";

interface World {
  readonly port: number;
  readonly certificate: string;
  /** What the server found out of the first client. */
  readonly met: Promise<Result<TlsFacts, string>>;
  /** The same of all that have come. */
  readonly all: Promise<Result<TlsFacts, string>>[];
}

async function serve(t: TestContext, clientAuthorities?: string): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-tls-"));
  t.after(() => rm(folder, { recursive: true }));
  const made = makeSelfSigned({ names: ["mail.example.org"], now: Date.now() });
  const files = { certificate: join(folder, "c.pem"), key: join(folder, "k.pem") };
  await writeFile(files.certificate, made.certificate);
  await writeFile(files.key, made.key);
  const opened = await openCertificates({
    files: [files],
    ...(clientAuthorities !== undefined && { clientAuthorities }),
    onTaken() {},
    onRefused() {},
  });
  assert.ok(opened.ok);
  const options = {
    certificates: opened.value,
    protocol: "smtp",
    asksForCertificate: clientAuthorities !== undefined,
  } as const;
  const all: Promise<Result<TlsFacts, string>>[] = [];
  const { promise: met, resolve } = Promise.withResolvers<Result<TlsFacts, string>>();
  const server = createServer((socket) => {
    const secured = secure(socket, options);
    secured.on("error", () => {});
    secured.on("data", (octets) => secured.write(octets));
    const facts = handshake(secured, options);
    all.push(facts);
    void facts.then(resolve);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return { port: (server.address() as AddressInfo).port, certificate: made.certificate, met, all };
}

/** Resolves with the socket once it is secure, or with why it never was. */
function dial(
  t: TestContext,
  port: number,
  options: ConnectionOptions,
): Promise<TLSSocket | Error> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "mail.example.org", ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", resolve);
    t.after(() => socket.destroy());
  });
}

function errorOf(dialled: TLSSocket | Error): string {
  return dialled instanceof Error ? dialled.message : "";
}

describe("TLS on an accepted connection", () => {
  test("both sides know the same of it: version, cipher, channel bindings", async (t) => {
    const { port, certificate, met } = await serve(t);
    const client = await dial(t, port, { ca: certificate, ALPNProtocols: ["smtp"] });
    assert.ok(!(client instanceof Error), errorOf(client));
    const facts = await met;
    assert.ok(facts.ok);
    assert.equal(facts.value.version, client.getProtocol());
    assert.equal(facts.value.cipher, client.getCipher().standardName);
    assert.deepEqual(
      facts.value.channelBindings["tls-exporter"],
      client.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0)),
    );
    assert.deepEqual(
      facts.value.channelBindings["tls-server-end-point"],
      createHash("sha256").update(new X509Certificate(certificate).raw).digest(),
    );
    assert.equal(facts.value.certificate, undefined);
  });

  test("TLS 1.2 will do, and has no exporter that could be trusted", async (t) => {
    const { port, certificate, met } = await serve(t);
    const client = await dial(t, port, { ca: certificate, maxVersion: "TLSv1.2" });
    assert.ok(!(client instanceof Error), errorOf(client));
    const facts = await met;
    assert.ok(facts.ok);
    assert.equal(facts.value.version, "TLSv1.2");
    assert.equal(facts.value.channelBindings["tls-exporter"], undefined);
  });

  test("what is older or weaker ends in the handshake", async (t) => {
    const old = {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    } as const;
    const weak = { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" } as const;
    for (const options of [old, weak]) {
      const { port, met } = await serve(t);
      assert.ok((await dial(t, port, { ...options, rejectUnauthorized: false })) instanceof Error);
      assert.equal((await met).ok, false);
    }
  });

  test("a client that came for another protocol is turned away", async (t) => {
    const { port, certificate, met } = await serve(t);
    const client = await dial(t, port, { ca: certificate, ALPNProtocols: ["h2", "http/1.1"] });
    assert.match(errorOf(client), /no application protocol/i);
    assert.equal((await met).ok, false);
  });

  test("garbage and silence instead of a handshake are told as such", async (t) => {
    const { port, met } = await serve(t);
    const { connect: plain } = await import("node:net");
    const socket = plain(port, "127.0.0.1", () => socket.end("EHLO client.example\r\n"));
    socket.on("error", () => {});
    assert.equal((await met).ok, false);
  });

  test("a client's certificate counts where an authority vouches for it, and names an address", async (t) => {
    const names: readonly (readonly [string, string | undefined])[] = [
      ["printer@example.org", "printer@example.org"],
      ["printer.example.org", undefined],
      ["x email:boss@example.org", undefined],
      ["x\nCN=boss@example.org", undefined],
    ];
    for (const [name, expected] of names) {
      const client = makeSelfSigned({ names: [name], now: Date.now() });
      const stranger = makeSelfSigned({ names: [name], now: Date.now() });
      for (const { certificate: cert, key } of [client, stranger]) {
        const { port, certificate: ca, met } = await serve(t, client.certificate);
        await dial(t, port, { ca, cert, key });
        const facts = await met;
        assert.ok(facts.ok);
        const isClient = cert === client.certificate;
        assert.equal(facts.value.certificate, isClient ? expected : undefined, name);
      }
    }
  });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`a client that comes back with its ${maxVersion} session has its certificate still`, async (t) => {
      const { certificate: cert, key } = makeSelfSigned({
        names: ["a@b.example"],
        now: Date.now(),
      });
      const { port, certificate: ca, all } = await serve(t, cert);
      const options = { ca, cert, key, maxVersion };
      const client = await dial(t, port, options);
      assert.ok(!(client instanceof Error), errorOf(client));
      client.write("x");
      await once(client, "data");
      const again = await dial(t, port, { ...options, session: client.getSession()! });
      assert.ok(!(again instanceof Error), errorOf(again));
      assert.ok(again.isSessionReused());
      assert.equal(all.length, 2);
      for (const facts of await Promise.all(all)) {
        assert.ok(facts.ok);
        assert.equal(facts.value.certificate, "a@b.example");
      }
    });
  }
});
