// Domains that the DNS gives to others: a warning from `check --dns` and from a server that has
// started, and never more than that.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { formatEndpoint } from "../../../src/core/config/values/endpoint.ts";
import { startDns } from "../../support/dns.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";

const deliver = { deliver: "mailboxes" };

test("domains of others", async (t) => {
  const dns = await startDns({
    "gmail.com": { MX: [[5, "gmail-smtp-in.l.google.com"]] },
    "gmail-smtp-in.l.google.com": { A: ["198.51.100.26"] },
    "ours-by-name.org": { MX: [[10, "mail.example.org"]] },
    "ours-by-address.org": { MX: [[10, "mx.ours-by-address.org"]] },
    "mx.ours-by-address.org": { A: ["127.0.0.1"] },
    "without-mx.org": { A: ["198.51.100.27"] },
    "takes-no-mail.org": { MX: [[0, "."]] },
    "broken.org": { fault: "SERVFAIL" },
    "host-unknown.org": { MX: [[10, "mx.host-unknown.org"]] },
    "mx.host-unknown.org": { fault: "SERVFAIL" },
    "private.internal": { MX: [[5, "gmail-smtp-in.l.google.com"]] },
  });
  t.after(() => dns.close());
  const names = [
    "gmail.com",
    "ours-by-name.org",
    "ours-by-address.org",
    "without-mx.org",
    "takes-no-mail.org",
    "broken.org",
    "host-unknown.org",
    "private.internal",
    "unknown.org",
  ];
  const configuration = {
    hostname: "mail.example.org",
    listeners: { mx: { role: "mx", listen: ["127.0.0.1:0"] } },
    domains: Object.fromEntries(names.map((name) => [name, deliver])),
    dns: { servers: [formatEndpoint(dns.endpoint)] },
  };
  const warning =
    /bailiwick\.yaml:\d+:\d+: warning: the mail of gmail\.com goes to gmail-smtp-in\.l\.google\.com, says the DNS, and none of them is this server/;

  await t.test("are a warning of check --dns, and no others are", async () => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "bailiwick.yaml"), JSON.stringify(configuration));
    const { code, stdout } = await runBailiwick(["check", "--dns"], { folder });
    assert.equal(code, 0);
    assert.match(stdout, warning);
    assert.equal(stdout.split("warning:").length - 1, 1, stdout);
    assert.ok(!dns.queries.includes("MX private.internal"));
  });

  await t.test("are a warning in the log, once the server runs", async () => {
    const server = await startBailiwick(t, { configuration });
    const { msg } = await server.untilLogged(({ event }) => event === "policy-warning");
    assert.match(msg, warning);
    assert.equal(await server.stop(), 0);
  });

  await t.test("do not hold up a start or a stop while the DNS is silent", async () => {
    for (const name of names) dns.set(name, { fault: "silence" });
    const server = await startBailiwick(t, { configuration });
    const began = performance.now();
    assert.equal(await server.stop(), 0);
    assert.ok(performance.now() - began < 15_000);
  });
});
