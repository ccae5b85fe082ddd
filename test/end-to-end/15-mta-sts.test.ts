// MTA-STS and reports of TLS: a server in this process, with a clock of the test's own, a name server,
// hosts and a web server on loopback, and an authority that vouches for those that are in order.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { parseConfiguration } from "../../src/core/config/parse.ts";
import { startServer } from "../../src/app/server/run.ts";
import { makeAuthority } from "../support/certificates.ts";
import { callOperation } from "../support/control.ts";
import { type DnsZone, startDns } from "../support/dns.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { temporaryFolder } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { connectSmtps, openSession } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const sender = "alice@example.org";
const reader = "reports@example.org";
const content = "Subject: Hello\r\n\r\nHello.\r\n";
const day = 86_400_000;
const authority = makeAuthority("Test Authority");
const at = { good: "127.0.0.21", wrong: "127.0.0.22", clear: "127.0.0.23", web: "127.0.0.1" };

/** What each domain publishes, and its hosts. */
const domains = {
  "enforced.test": { mode: "enforce", mx: "good.test", hosts: ["good.test"] },
  "wrong.test": { mode: "enforce", mx: "*.wrong.test", hosts: ["mx.wrong.test"] },
  "clear.test": { mode: "enforce", mx: "mx.clear.test", hosts: ["mx.clear.test"] },
  "hijacked.test": { mode: "enforce", mx: "mx.hijacked.test", hosts: ["mx.evil.test"] },
  "half.test": { mode: "enforce", mx: "good.test", hosts: ["mx.evil.test", "good.test"] },
  "tested.test": { mode: "testing", mx: "mx.tested.test", hosts: ["mx.tested.test"] },
  "broken.test": { mode: "sometimes", mx: "good.test", hosts: ["good.test"] },
} as const;
type Name = keyof typeof domains;
const names = Object.keys(domains) as readonly Name[]; // oxlint-disable-line typescript/no-unsafe-type-assertion

function zone(): DnsZone {
  const published = names.flatMap((name) => [
    [name, { MX: domains[name].hosts.map((host, index) => [index, host] as const) }] as const,
    [`_mta-sts.${name}`, { TXT: ["v=STSv1; id=1;"] }] as const,
    [`mta-sts.${name}`, { A: [at.web] }] as const,
    [`_smtp._tls.${name}`, { TXT: [`v=TLSRPTv1; rua=mailto:${reader}`] }] as const,
  ]);
  return {
    ...Object.fromEntries(published),
    "good.test": { A: [at.good] },
    "mx.wrong.test": { A: [at.wrong] },
    "mx.tested.test": { A: [at.wrong] },
    "mx.evil.test": { A: [at.wrong] },
    "mx.clear.test": { A: [at.clear] },
  };
}

interface Attempt {
  readonly recipient: string;
  readonly state: string;
  readonly said: string;
  readonly protection?: {
    readonly kind: string;
    readonly verified?: boolean;
    readonly policy?: string;
  };
}

test("mail goes by what its domain publishes, and the domain is told how that went", async (t) => {
  const world = await startWorld(t);
  const { hosts } = world;
  await world.start();

  await t.test("to a host that is listed, with a certificate for its name", async () => {
    const { state, protection } = await world.send("enforced.test");
    assert.equal(state, "delivered");
    assert.equal(protection?.verified, true);
    assert.equal(protection.policy, "mta-sts");
    assert.deepEqual(
      hosts.good.messages.map(({ tls }) => tls),
      ["TLSv1.3"],
    );
  });

  const refused = [
    ["with a certificate for another name", "wrong.test", /is for other\.test, not for mx\.wrong/],
    [
      "without STARTTLS",
      "clear.test",
      /^4\.7\.4 TLS is required .*, but the host offers no STARTTLS$/,
    ],
    [
      "that is not listed",
      "hijacked.test",
      /^4\.7\.5 MTA-STS of hijacked\.test does not list mx\.evil\.test$/,
    ],
  ] as const;
  for (const [what, domain, why] of refused) {
    await t.test(`not to a host ${what}`, async () => {
      const { state, said } = await world.send(domain);
      assert.equal(state, "deferred");
      assert.match(said, why);
    });
  }

  await t.test("past a host that is not listed, to one that is", async () => {
    assert.equal((await world.send("half.test")).state, "delivered");
    await hosts.good.untilFor("bob@half.test");
  });

  await t.test("in testing, to whatever host", async () => {
    const { state, protection } = await world.send("tested.test");
    assert.equal(state, "delivered");
    assert.equal(protection?.policy, "mta-sts-testing");
    assert.deepEqual(
      hosts.wrong.messages.map(({ recipients }) => recipients),
      [["bob@tested.test"]],
    );
  });

  await t.test("without a policy where it is malformed", async () => {
    const { state, protection } = await world.send("broken.test");
    assert.equal(state, "delivered");
    assert.equal(protection?.policy, undefined);
  });

  await t.test("under REQUIRETLS where the domain says which hosts are its own", async () => {
    const [enforced, broken] = [`req@enforced.test`, `req@broken.test`] as const;
    assert.equal((await world.require(enforced)).state, "delivered");
    const message = await hosts.good.untilFor(enforced);
    assert.match(message.parameters, /(^| )REQUIRETLS$/);
    const { state, said } = await world.require(broken);
    assert.equal(state, "deferred");
    assert.match(said, /^4\.7\.10 .*REQUIRETLS.*: its policy \(MTA-STS\) could not be had$/);
  });

  await t.test("through a restart, when nobody publishes it any more", async () => {
    await world.stop();
    world.hide();
    await world.start();
    const tried = world.send("hijacked.test");
    // It is known to take no mail, and would be tried again later.
    await callOperation(world, "queueFlush", null);
    const { state, said } = await tried;
    assert.equal(state, "deferred");
    assert.match(said, /does not list mx\.evil\.test/);
  });

  await t.test("and a report goes out the next day", async () => {
    await world.stop();
    world.pass(day - 6 * 3_600_000); // five or six in the morning
    await world.start();
    const mail = await untilMail(world, reader, names.length);
    const reports = new Map(mail.map(readTlsReport));
    assert.deepEqual([...reports.keys()].toSorted(), names.toSorted());
    assert.deepEqual(reports.get("enforced.test"), ["sts 2 0"]);
    assert.deepEqual(reports.get("half.test"), ["sts 1 1 validation-failure mx.evil.test 1"]);
    assert.deepEqual(reports.get("tested.test"), [
      "sts 0 1 certificate-host-mismatch mx.tested.test 1",
    ]);
    assert.deepEqual(reports.get("broken.test"), [
      "no-policy-found 1 0",
      "sts 0 1 sts-policy-invalid  1",
    ]);
    // The queue tries these again now and then.
    assert.match(
      reports.get("clear.test")?.join() ?? "",
      /^sts 0 \d+ starttls-not-supported mx\.clear/,
    );
    assert.match(reports.get("wrong.test")?.join() ?? "", /^sts 0 \d+ certificate-host-mismatch/);
    assert.match(
      reports.get("hijacked.test")?.join() ?? "",
      /^sts 0 \d+ validation-failure mx\.evil/,
    );
  });
});

/** The domain, and in a line for each policy: its type, sessions that went well and not, details. */
function readTlsReport(mail: string): readonly [string, readonly string[]] {
  const domain = /^TLS-Report-Domain: (.*)$/m.exec(mail)?.[1] ?? "";
  assert.match(mail, /^Content-Type: multipart\/report; report-type="tlsrpt";\n/m);
  assert.match(mail, /^From: <tls@example\.org>\n/m);
  const [, base64 = ""] = /\.json\.gz"\n\n([A-Za-z0-9+/=\n]+?)\n--/.exec(mail) ?? [];
  const report: {
    readonly policies: readonly {
      readonly policy: Readonly<Record<string, string>>;
      readonly summary: Readonly<Record<string, number>>;
      readonly "failure-details"?: readonly Readonly<Record<string, string | number>>[];
    }[];
  } = JSON.parse(gunzipSync(Buffer.from(base64, "base64")).toString());
  const lines = report.policies.map(({ policy, summary, "failure-details": details = [] }) => {
    assert.equal(policy["policy-domain"], domain);
    const good = summary["total-successful-session-count"];
    const bad = summary["total-failure-session-count"];
    const all = details.map(
      (one) =>
        ` ${one["result-type"]} ${one["receiving-mx-hostname"] ?? ""} ${one["failed-session-count"]}`,
    );
    return `${policy["policy-type"]} ${good} ${bad}${all.join("")}`;
  });
  return [domain, lines.toSorted()];
}

async function startWorld(t: TestContext) {
  const folder = await temporaryFolder(t);
  const authorities = join(folder, "authorities.pem");
  await writeFile(authorities, authority.cert);
  process.env["SSL_CERT_FILE"] = authorities;
  const good = await startSink(t, {
    host: at.good,
    tls: { ...authority.issue({ names: ["good.test"] }), offers: ["REQUIRETLS"] },
  });
  const { port } = good.endpoint;
  const wrong = await startSink(t, {
    host: at.wrong,
    port,
    tls: authority.issue({ names: ["other.test"] }),
  });
  const clear = await startSink(t, { host: at.clear, port });
  const dns = await startDns(zone());
  t.after(() => dns.close());
  const web = await startWeb(t);
  const settings = settingsFor(folder, dns.endpoint);
  const attempts: Attempt[] = [];
  // Noon, so that no midnight comes in between.
  let offset = Math.floor(Date.now() / day) * day + day / 2 - Date.now();
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  t.after(() => server?.stop());

  function attemptFor(to: string, before: number): Promise<Attempt> {
    return waitUntil(`${to} has been tried`, () =>
      attempts.slice(before).find(({ recipient }) => recipient === to),
    );
  }

  const world = {
    dataFolder: join(folder, "data"),
    hosts: { good, wrong, clear } satisfies Record<string, Sink>,
    pass(milliseconds: number) {
      offset += milliseconds;
    },
    /** Takes away what is published of policies. */
    hide() {
      for (const name of names) dns.set(`_mta-sts.${name}`, {});
      web.close();
    },
    async start() {
      const isFirst = server === undefined;
      server = await startServer({
        settings,
        readSettings: async () => settings,
        clock: { now: () => Date.now() + offset, elapsed: () => performance.now() },
        random: () => 0.5,
        log: {
          info(fields: object) {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of that event
            if ("event" in fields && fields.event === "attempt") attempts.push(fields as never);
          },
          warn() {},
          error() {},
        },
        mxPort: port,
        policyPort: web.port,
        reportLookEvery: 50,
      });
      if (isFirst) await addAccounts(world, sender, reader);
    },
    async stop() {
      await server?.stop();
    },
    /** Sends to the domain; resolves with the first attempt from then on. */
    async send(domain: Name): Promise<Attempt> {
      const address = server?.listeners[0]?.address;
      assert.ok(address);
      const before = attempts.length;
      const client = await openSession(address);
      const to = `bob@${domain}`;
      await client.send({ from: sender, to: [to], content });
      client.destroy();
      return attemptFor(to, before);
    },
    /** Sends under REQUIRETLS. */
    async require(to: string): Promise<Attempt> {
      const address = server?.listeners[1]?.address;
      assert.ok(address);
      const before = attempts.length;
      const client = await connectSmtps(address);
      await client.reply();
      await client.expect("EHLO client.example", "250");
      await client.send({ from: sender, to: [to], parameters: "REQUIRETLS", content });
      client.destroy();
      return attemptFor(to, before);
    },
  };
  return world;
}

/** Has the policies of all domains, by the host that is asked for. */
async function startWeb(t: TestContext) {
  const certificate = authority.issue({ names: names.map((name) => `mta-sts.${name}`) });
  const server = createServer({ ...certificate }, (request, response) => {
    const host = request.headers.host?.replace(/^mta-sts\.|:\d+$/g, "");
    const name = names.find((one) => one === host);
    if (name === undefined) return void response.writeHead(404).end();
    const { mode, mx } = domains[name];
    response.writeHead(200, { "content-type": "text/plain" });
    response.end(`version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 604800\n`);
  });
  server.listen(0, at.web);
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  const { port } = server.address() as AddressInfo;
  return { port, close };
}

function settingsFor(folder: string, dns: { readonly host: string; readonly port: number }) {
  const text = `
hostname: mail.example.org
listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
  mxs: { role: mx, listen: ["127.0.0.1:0"], tls: implicit }
relay: { networks: ["127.0.0.1"] }
domains: { example.org: { deliver: mailboxes } }
dns: { servers: ["${dns.host}:${dns.port}"] }
mx-transport: { dane: off }
tls-reports: { from: tls@example.org, organization: Example Ltd }
queue: { retry: [2m] }
`;
  const settings = parseConfiguration(text, { file: "test", folder });
  assert.ok(settings.ok);
  return settings.value;
}
