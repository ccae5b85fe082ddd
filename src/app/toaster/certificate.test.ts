import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "../../../test/support/server.ts";
import { control, toaster } from "../../core/toaster/fixture.test.ts";
import { Report } from "../../core/toaster/report.ts";
import { translate } from "../../core/toaster/translate.ts";
import { makeSelfSigned } from "../../io/tls/self-signed.ts";
import { withUsableCertificate } from "./certificate.ts";

const now = Date.UTC(2026, 0, 1);

async function tried(t: TestContext, text: string) {
  const path = join(await temporaryFolder(t), "servercert.pem");
  await writeFile(path, text);
  const files = control({ me: "mail.example.org\n", "servercert.pem": text });
  const { draft } = translate(
    toaster({ control: files, realPath: () => path }),
    () => undefined,
    new Report(),
  );
  assert.ok(draft.certificate);
  const report = new Report();
  const { certificate } = await withUsableCertificate(draft, now, report);
  return { certificate, said: report.findings().map(({ fate, text: said }) => `${fate} ${said}`) };
}

function pair(names: readonly string[], made = now) {
  return makeSelfSigned({ names, now: made });
}

test("a good one is taken", async (t) => {
  for (const names of [["other.example", "mail.example.org"], ["*.example.org"]]) {
    const { certificate, key } = pair(names);
    const { said, certificate: taken } = await tried(t, key + certificate);
    assert.ok(taken);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^taken /);
  }
});

test("one that has expired, or is for another name, is taken and told of", async (t) => {
  const { certificate, key } = pair(["mail.example.net"], 0);
  const { said, certificate: taken } = await tried(t, key + certificate);
  assert.ok(taken);
  assert.match(said[1] ?? "", /^operator it has expired on 1979-12-/);
  assert.match(
    said[2] ?? "",
    /^operator it is for mail\.example\.net, and not for mail\.example\.org/,
  );
});

test("one that could not be served is left out", async (t) => {
  const one = pair(["mail.example.org"]);
  const other = pair(["mail.example.org"]);
  const cut = one.certificate.slice(0, 200) + "\n-----END CERTIFICATE-----\n";
  for (const text of [one.key + other.certificate, one.key + cut]) {
    const { said, certificate } = await tried(t, text);
    assert.equal(certificate, undefined);
    assert.match(said.join(), /^operator it cannot be used \(/);
  }
});
