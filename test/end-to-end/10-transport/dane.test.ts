// DANE against the DNS as it is: zones that knot signs, answers that unbound validates, hosts whose
// TLSA records are right, wrong, missing, or that nobody can read.

import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createFileLog } from "../../../src/app/log.ts";
import { startServer } from "../../../src/app/server/run.ts";
import { parseConfiguration } from "../../../src/core/config/parse.ts";
import { systemClock } from "../../../src/io/process/clock.ts";
import { makeAuthority } from "../../support/certificates.ts";
import { whyMissing } from "../../support/command.ts";
import { type LogEntry, temporaryFolder } from "../../support/server.ts";
import { startSignedDns, tlsaOf, type Zone } from "../../support/signed-dns.ts";
import { type Sink, startSink } from "../../support/sink.ts";
import { connectSmtps, openSession } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";
import { type Attempt, protectedBy } from "./world.ts";

const sender = "alice@example.org";
const content = "From: <alice@example.org>\r\nSubject: Hello\r\n\r\nHello.\r\n";

const shown = makeAuthority("nobody in particular");
const other = makeAuthority("somebody else");

/** Hosts take the mail for a domain of that name, beside which stand their TLSA records. `clear` has no
 * TLS. */
const hosts = {
  right: ["127.0.0.21", tlsaOf(3, shown)],
  wrong: ["127.0.0.22", tlsaOf(3, other)],
  none: ["127.0.0.23", undefined],
  web: ["127.0.0.24", tlsaOf(1, other)],
  clear: ["127.0.0.25", tlsaOf(3, shown)],
  shaky: ["127.0.0.26", tlsaOf(3, shown)],
} as const;
type Host = keyof typeof hosts;

function zones(port: number): readonly Zone[] {
  const own = Object.entries(hosts).flatMap(([name, [address, record]]) => [
    `${name} MX 10 mx.${name}`,
    `mx.${name} A ${address}`,
    // Its records are in a zone of their own.
    ...(record === undefined || name === "shaky" ? [] : [`_${port}._tcp.mx.${name} ${record}`]),
  ]);
  const records = [
    ...own,
    "both MX 10 mx.wrong",
    "both MX 20 mx.right",
    "_tcp.mx.shaky NS ns",
    `_tcp.mx.shaky DS 1 13 2 ${"00".repeat(32)}`,
  ];
  const elsewhere = ["@ MX 10 mx.wrong.signed.test."];
  return [
    { name: "signed.test", signatures: "right", records },
    {
      name: "_tcp.mx.shaky.signed.test",
      signatures: "none",
      records: [`_${port} ${hosts.shaky[1]}`],
    },
    { name: "plain.test", signatures: "none", records: elsewhere },
    { name: "bogus.test", signatures: "wrong", records: elsewhere },
  ];
}

const skip = (await whyMissing("knotd")) || (await whyMissing("unbound"));

test("mail for domains whose hosts have TLSA records, or have none", { skip }, async (t) => {
  const world = await startWorld(t);

  const delivered = [
    ["one that fits", "right.signed.test", "right", "verified", "dane"],
    ["none at all, signed", "none.signed.test", "none", "not verified", undefined],
    ["one that nobody can make use of", "web.signed.test", "web", "not verified", "dane"],
    ["a second host whose record fits", "both.signed.test", "right", "verified", "dane"],
    [
      "a wrong one, but nobody signed whose it is",
      "plain.test",
      "wrong",
      "not verified",
      undefined,
    ],
  ] as const;
  for (const [what, domain, host, protection, policy] of delivered) {
    await t.test(`${what}: it goes`, async () => {
      await world.send(`bob@${domain}`);
      const message = await world.sinks[host].untilFor(`bob@${domain}`);
      assert.equal(message.tls, "TLSv1.3");
      const attempt = await world.attempt(`bob@${domain}`);
      assert.ok(protectedBy(attempt).startsWith(protection), JSON.stringify(attempt));
      assert.equal(attempt.protection?.policy, policy);
    });
  }

  const waits = [
    [
      "a wrong one",
      "wrong.signed.test",
      /^4\.7\.5 its certificate matches none of the TLSA records of mx\.wrong\.signed\.test$/,
    ],
    [
      "a host without TLS",
      "clear.signed.test",
      /^4\.7\.4 TLS is required here \(DANE\), but the host offers no/,
    ],
    ["one that nobody can read", "shaky.signed.test", /^4\.7\.5 whether mx\.shaky.*SERVFAIL/],
    ["a domain of which nothing is valid", "bogus.test", /^4\.4\.3 the MX records .*SERVFAIL/],
  ] as const;
  for (const [what, domain, said] of waits) {
    await t.test(`${what}: it waits`, async () => {
      await world.send(`bob@${domain}`);
      const attempt = await world.attempt(`bob@${domain}`);
      assert.equal(attempt.state, "deferred");
      assert.match(attempt.said, said);
    });
  }

  await t.test("TLS-Required: No stands above it", async () => {
    await world.send("lax@wrong.signed.test", `TLS-Required: No\r\n${content}`);
    await world.sinks.wrong.untilFor("lax@wrong.signed.test");
  });

  await t.test(
    "REQUIRETLS goes on to a host that it vouches for, and promises as much",
    async () => {
      await world.require("strict@right.signed.test");
      const message = await world.sinks.right.untilFor("strict@right.signed.test");
      assert.match(message.parameters, /(^| )REQUIRETLS$/);
    },
  );

  const refused = [
    ["none.signed.test", /^5\.7\.10 .*: the certificate is self-signed/],
    ["plain.test", /^5\.7\.10 .*known from the DNS alone, unsigned/],
  ] as const;
  for (const [domain, why] of refused) {
    await t.test(`and comes back from ${domain}`, async () => {
      await world.require(`strict@${domain}`);
      const attempt = await world.attempt(`strict@${domain}`);
      assert.equal(attempt.state, "failed");
      assert.match(attempt.said, why);
    });
  }

  assert.deepEqual(world.sinks.shaky.messages, []);
  assert.deepEqual(world.sinks.clear.messages, []);
});

async function startWorld(t: TestContext) {
  const tls = { ...shown, offers: ["REQUIRETLS"] };
  const right = await startSink(t, { host: hosts.right[0], tls });
  const { port } = right.endpoint;
  const start = (name: Host) => startSink(t, { host: hosts[name][0], port, tls });
  const sinks: Readonly<Record<Host, Sink>> = {
    right,
    wrong: await start("wrong"),
    none: await start("none"),
    web: await start("web"),
    clear: await startSink(t, { host: hosts.clear[0], port }),
    shaky: await start("shaky"),
  };
  const { resolver } = await startSignedDns(t, zones(port));
  const folder = await temporaryFolder(t);
  const text = `
hostname: mail.example.org
listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
  mxs: { role: mx, listen: ["127.0.0.1:0"], tls: implicit }
relay: { networks: ["127.0.0.1"] }
domains: { example.org: { deliver: mailboxes } }
dns: { servers: ["${resolver.host}:${resolver.port}"] }
`;
  const settings = parseConfiguration(text, { file: "test", folder });
  assert.ok(settings.ok);
  const log = join(folder, "log.json");
  const server = await startServer({
    settings: settings.value,
    readSettings: async () => settings.value,
    clock: systemClock,
    random: Math.random,
    log: createFileLog(log),
    mxPort: port,
  });
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const [clear, secure] = server.listeners.map(({ address }) => address);
  assert.ok(clear !== undefined && secure !== undefined);

  async function attemptsOf(recipient: string): Promise<readonly Attempt[]> {
    const lines = (await readFile(log, "utf8")).split("\n").slice(0, -1);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the log's own words
    const entries = lines.map((line) => JSON.parse(line) as LogEntry & Attempt);
    return entries.filter((each) => each.event === "attempt" && each["recipient"] === recipient);
  }

  return {
    sinks,
    async send(to: string, letter = content) {
      const client = await openSession(clear);
      await client.send({ from: sender, to: [to], content: letter });
      client.destroy();
    },
    async require(to: string) {
      const client = await connectSmtps(secure);
      await client.reply();
      await client.expect("EHLO client.example", "250");
      await client.send({ from: sender, to: [to], content, parameters: "REQUIRETLS" });
      client.destroy();
    },
    /** The first for that recipient. */
    async attempt(recipient: string): Promise<Attempt> {
      return waitUntil(
        `there is an attempt for ${recipient}`,
        async () => (await attemptsOf(recipient))[0],
      );
    },
  };
}
