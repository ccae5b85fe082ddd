// Delivery to the hosts that the DNS names: a server in this process, so that its port for other
// servers need not be 25, with a name server and hosts of its own on loopback.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseConfiguration } from "../../src/core/config/parse.ts";
import { systemClock } from "../../src/io/process/clock.ts";
import { createFileLog } from "../../src/app/log.ts";
import { startServer } from "../../src/app/server/run.ts";
import { makeAuthority } from "../support/certificates.ts";
import { type DnsZone, startDns } from "../support/dns.ts";
import { addAccounts, newMail, untilMail } from "../support/mailbox.ts";
import { readReport } from "../support/report.ts";
import { temporaryFolder } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const sender = "alice@example.org";
const content = "From: <alice@example.org>\r\nSubject: Hello\r\n\r\nHello.\r\n";

/** Addresses of the hosts; nobody listens on `down`, and `us` is the server itself. */
const at = { first: "127.0.0.11", second: "127.0.0.12", angry: "127.0.0.13", down: "127.0.0.19" };

const zone: DnsZone = {
  "first.test": { A: [at.first] },
  "second.test": { A: [at.second] },
  "angry.test": { A: [at.angry] },
  "down.test": { A: [at.down] },
  "six.test": { AAAA: ["::1"] },
  "alias.test": { CNAME: "second.test" },
  "bare.test": {},
  "us.test": { A: ["127.0.0.1"] },
  "order.test": {
    MX: [
      [20, "second.test"],
      [10, "first.test"],
      [30, "down.test"],
    ],
  },
  "fallback.test": {
    MX: [
      [10, "down.test"],
      [20, "second.test"],
    ],
  },
  "unfriendly.test": {
    MX: [
      [10, "angry.test"],
      [20, "second.test"],
    ],
  },
  "implicit.test": { A: [at.down, at.first] },
  "ipv6.test": { MX: [[10, "six.test"]] },
  "renamed.test": { MX: [[10, "alias.test"]] },
  "null.test": { MX: [[0, "."]] },
  "homeless.test": { MX: [[10, "bare.test"]] },
  "loop.test": {
    MX: [
      [10, "mail.example.org"],
      [10, "first.test"],
      [20, "second.test"],
    ],
  },
  "mirror.test": { MX: [[10, "us.test"]] },
  "backup.test": {
    MX: [
      [10, "first.test"],
      [20, "mail.example.org"],
      [30, "second.test"],
    ],
  },
  "shaky.test": { fault: "SERVFAIL" },
};

interface World {
  readonly hosts: Readonly<Record<"first" | "second" | "angry" | "six", Sink>>;
  readonly server: Awaited<ReturnType<typeof startServer>>;
  readonly dataFolder: string;
  readonly dns: Awaited<ReturnType<typeof startDns>>;
}

test("mail for domains of the DNS", async (t) => {
  const { server, hosts, dns, dataFolder } = await startWorld(t);
  const address = server.listeners[0]?.address;
  assert.ok(address !== undefined);
  const client = await openSession(address);
  let told = 0;

  async function send(to: string) {
    await client.send({ from: sender, to: [to], content });
  }

  async function assertBounce(to: string, status: string, diagnosis: RegExp) {
    await send(to);
    const mail = (await untilMail({ dataFolder }, sender, ++told)).find((text) =>
      text.includes(to),
    );
    const [recipient] = readReport(mail ?? "").recipients;
    assert.equal(recipient?.get("status"), status);
    assert.match(recipient.get("diagnostic-code") ?? "", diagnosis);
    assert.equal(recipient.get("remote-mta"), undefined);
  }

  const delivered = [
    ["the host of the best preference is tried first", "order", "first"],
    ["the next one takes it when the first is down", "fallback", "second"],
    ["the next one takes it when the first refuses everybody", "unfriendly", "second"],
    ["a domain without MX is its own host, at any of its addresses", "implicit", "first"],
    ["a host may have an IPv6 address alone", "ipv6", "six"],
    ["a host's name may be an alias", "renamed", "second"],
    ["hosts worse than ourselves are left out", "backup", "first"],
  ] as const;
  for (const [title, domain, host] of delivered) {
    await t.test(title, async () => {
      await send(`bob@${domain}.test`);
      await hosts[host].untilFor(`bob@${domain}.test`);
      const all = Object.values(hosts).flatMap(({ heard }) => heard);
      const copies = all.filter(({ recipients }) => recipients.includes(`bob@${domain}.test`));
      assert.equal(copies.length, 1);
    });
  }

  await t.test(
    "it goes under TLS where a host can, which is asked for by the name of its MX record",
    () => {
      assert.ok(hosts.first.messages.every(({ tls }) => tls === "TLSv1.3"));
      assert.deepEqual([...new Set(hosts.first.names)].toSorted(), ["first.test", "implicit.test"]);
      assert.ok(hosts.second.messages.every(({ tls }) => tls === ""));
    },
  );

  const bounced = [
    ["a null MX takes no mail", "bob@null.test", "5.1.10", /null MX/],
    ["a domain that does not exist", "bob@nowhere.test", "5.1.2", /does not exist/],
    ["a domain whose hosts have no address", "bob@homeless.test", "5.4.4", /bare\.test/],
    ["a domain whose best host has our name", "bob@loop.test", "5.4.6", /loops back/],
    ["a domain whose best host has our address", "bob@mirror.test", "5.4.6", /us\.test/],
    ["an address literal", `bob@[${at.first}]`, "5.1.2", /address literals/],
  ] as const;
  for (const [title, to, status, diagnosis] of bounced) {
    await t.test(`${title}: back to the sender`, () => assertBounce(to, status, diagnosis));
  }

  await t.test("a domain of which the DNS knows nothing for now waits", async () => {
    await send("bob@shaky.test");
    const asked = () => dns.queries.filter((query) => query === "MX shaky.test").length;
    await waitUntil("the DNS has been asked twice", () => asked() >= 2);
    assert.equal((await newMail({ dataFolder }, sender)).length, told);
    dns.set("shaky.test", { MX: [[10, "first.test"]] });
    await hosts.first.untilFor("bob@shaky.test");
  });

  client.destroy();
});

async function startWorld(t: TestContext): Promise<World> {
  const first = await startSink(t, { host: at.first, tls: makeAuthority("first.test") });
  const { port } = first.endpoint;
  const hosts = {
    first,
    second: await startSink(t, { host: at.second, port }),
    angry: await startSink(t, {
      host: at.angry,
      port,
      script: ({ stage }) => (stage === "greeting" ? "554 5.3.2 Go away" : undefined),
    }),
    six: await startSink(t, { host: "::1", port }),
  };
  const dns = await startDns(zone);
  t.after(() => dns.close());
  const folder = await temporaryFolder(t);
  const text = `
hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
relay: { networks: ["127.0.0.1"] }
domains: { example.org: { deliver: mailboxes } }
dns: { servers: ["${dns.endpoint.host}:${dns.endpoint.port}"] }
queue: { retry: [1s] }
`;
  const settings = parseConfiguration(text, { file: "test", folder });
  assert.ok(settings.ok);
  const server = await startServer({
    settings: settings.value,
    readSettings: async () => settings.value,
    clock: systemClock,
    random: Math.random,
    log: createFileLog(join(folder, "log.json")),
    mxPort: port,
  });
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const dataFolder = join(folder, "data");
  await addAccounts({ dataFolder }, sender);
  return { hosts, server, dns, dataFolder };
}
