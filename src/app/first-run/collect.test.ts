import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { makeAuthority } from "../../../test/support/certificates.ts";
import { parsePrefix } from "../../core/mail/ip.ts";
import { collectAnswers } from "./collect.ts";
import type { Given } from "./given.ts";
import { findCertbot, type Suggestions } from "./suggestions.ts";

const given: Given = {
  yes: false,
  directory: undefined,
  data: undefined,
  hostname: "mail.example.org",
  domains: undefined,
  networks: undefined,
  way: undefined,
  smartHostPasswordFile: undefined,
  certificate: undefined,
  account: undefined,
  passwordFile: undefined,
  operator: undefined,
  operatorPasswordFile: undefined,
  user: undefined,
  addresses: undefined,
  portOffset: undefined,
  blocklists: undefined,
  dnsServers: [],
  outbound: null,
};

const itself = [parsePrefix("127.0.0.1") ?? assert.fail()];
const suggestions: Suggestions = {
  itself,
  neighbours: [],
  directory: "/etc/bailiwick",
  data: "/var/lib/bailiwick",
  user: "bailiwick",
  listening: { addresses: ["0.0.0.0"], offset: 0 },
};

function collect(changes: Partial<Given>) {
  return collectAnswers({ given: { ...given, ...changes }, suggestions, terminal: undefined });
}

suite("without a terminal", () => {
  test("all that is missing is named at once", async () => {
    await assert.rejects(collect({ hostname: undefined }), (error: Error) => {
      for (const flag of ["--hostname", "--domain", "--no-domains", "--smart-host", "--direct"]) {
        assert.ok(error.message.includes(flag), error.message);
      }
      return true;
    });
    await assert.rejects(
      collect({ domains: [] }),
      /needed: --smart-host HOST:PORT \(or --direct\)/,
    );
  });

  test("nothing is supposed that was not said", async () => {
    const answers = await collect({ domains: [], way: { kind: "direct" } });
    assert.deepEqual([answers.networks, answers.blocklists, answers.domains], [[], [], []]);
    assert.equal(answers.certificate, undefined);
  });

  test("--yes takes what would be suggested, and what was said counts all the same", async () => {
    const answers = await collect({ yes: true });
    assert.deepEqual(answers.domains, ["example.org"]);
    assert.deepEqual(answers.way, { kind: "direct" });
    assert.deepEqual(answers.networks, itself);
    assert.deepEqual([answers.data, answers.user], ["/var/lib/bailiwick", "bailiwick"]);
    const said = await collect({ yes: true, networks: [], domains: ["a.example"], data: "/srv" });
    assert.deepEqual([said.networks, said.domains, said.data], [[], ["a.example"], "/srv"]);
    assert.equal((await collect({ yes: true, directory: "x" })).data, "data");
    assert.deepEqual((await collect({ yes: true, hostname: "example.org" })).domains, [
      "example.org",
    ]);
  });
});

test("certbot's files are found, and whether the server's user can read them", async (t) => {
  const live = await mkdtemp(join(tmpdir(), "bailiwick-certbot-"));
  t.after(() => rm(live, { recursive: true }));
  await chmod(live, 0o755);
  assert.equal(await findCertbot("mail.example.org", undefined, live), undefined);
  const folder = join(live, "mail.example.org");
  await mkdir(folder);
  await chmod(folder, 0o755);
  const { cert, key } = makeAuthority("Test").issue({ names: ["mail.example.org"] });
  await writeFile(join(folder, "fullchain.pem"), cert);
  await writeFile(join(folder, "privkey.pem"), key, { mode: 0o600 });
  assert.equal((await findCertbot("mail.example.org", undefined, live))?.isReadable, true);
  const found = await findCertbot("mail.example.org", "nobody", live);
  // Who is not root cannot become another user, and reads as oneself.
  assert.equal(found?.isReadable, process.getuid?.() !== 0);
  assert.equal(found?.files.key, join(folder, "privkey.pem"));
});
