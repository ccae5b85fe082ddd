import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { type Certificates, openCertificates } from "./certificates.ts";
import type { KeyPairFiles } from "./key-pair.ts";
import { makeSelfSigned } from "./self-signed.ts";

interface Watched {
  readonly certificates: Certificates;
  readonly said: string[];
}

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-tls-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function writePair(folder: string, file: string, names: string[]): Promise<KeyPairFiles> {
  const { certificate, key } = makeSelfSigned({ names, now: Date.now() });
  const files = { certificate: join(folder, `${file}.pem`), key: join(folder, `${file}.key`) };
  // As tools that renew certificates do it: written beside, then put in place.
  await writeFile(`${files.certificate}.new`, certificate);
  await writeFile(`${files.key}.new`, key);
  await rename(`${files.certificate}.new`, files.certificate);
  await rename(`${files.key}.new`, files.key);
  return files;
}

async function open(files: readonly KeyPairFiles[]): Promise<Watched> {
  const said: string[] = [];
  const opened = await openCertificates({
    files,
    onTaken: (_, { names }) => said.push(`taken: ${names.join(" ")}`),
    onRefused: (_, problem) => said.push(problem),
  });
  assert.ok(opened.ok, opened.ok ? "" : opened.problem);
  return { certificates: opened.value, said };
}

function commonName(certificates: Certificates, name: string): string {
  return certificates.find(name).leaf.subject;
}

describe("certificates", () => {
  test("each name gets its certificate, a wildcard stands for one label, strangers get the first", async (t) => {
    const folder = await folderFor(t);
    const { certificates } = await open([
      await writePair(folder, "a", ["mail.example.org"]),
      await writePair(folder, "b", ["*.example.net"]),
      await writePair(folder, "c", ["mx.example.com", "mail.example.org"]),
    ]);
    assert.equal(commonName(certificates, "mail.example.org"), "CN=mail.example.org");
    assert.equal(commonName(certificates, "MX.Example.NET"), "CN=*.example.net");
    assert.equal(commonName(certificates, "a.b.example.net"), "CN=mail.example.org");
    assert.equal(commonName(certificates, "mx.example.com"), "CN=mx.example.com");
    assert.equal(commonName(certificates, ""), "CN=mail.example.org");
  });

  test("a pair that is replaced is in use after the next look, and only then read again", async (t) => {
    const folder = await folderFor(t);
    const { certificates, said } = await open([await writePair(folder, "a", ["old.example"])]);
    await certificates.refresh();
    assert.deepEqual(said, []);
    await writePair(folder, "a", ["new.example"]);
    await certificates.refresh();
    assert.deepEqual(said, ["taken: new.example"]);
    assert.equal(commonName(certificates, "new.example"), "CN=new.example");
    await certificates.refresh();
    assert.equal(said.length, 1);
  });

  test("what cannot be used is refused once, and the pair before stays", async (t) => {
    const folder = await folderFor(t);
    const files = await writePair(folder, "a", ["old.example"]);
    const { certificates, said } = await open([files]);
    for (const garbage of ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n"]) {
      await writeFile(files.certificate, garbage);
      await certificates.refresh();
      await certificates.refresh();
      assert.match(said.pop() ?? "", /a\.pem holds no PEM certificate/);
      assert.deepEqual(said, []);
    }
    await rm(files.certificate);
    await certificates.refresh();
    assert.match(said.pop() ?? "", /a\.pem cannot be read/);
    assert.equal(commonName(certificates, ""), "CN=old.example");
    await writePair(folder, "a", ["new.example"]);
    await certificates.refresh();
    assert.equal(commonName(certificates, ""), "CN=new.example");
  });

  test("a certificate beside another one's key is no pair", async (t) => {
    const folder = await folderFor(t);
    const a = await writePair(folder, "a", ["a.example"]);
    const b = await writePair(folder, "b", ["b.example"]);
    const opened = await openCertificates({
      files: [{ certificate: a.certificate, key: b.key }],
      onTaken() {},
      onRefused() {},
    });
    assert.match(opened.ok ? "" : opened.problem, /b\.key does not belong to .*a\.pem/);
  });
});
