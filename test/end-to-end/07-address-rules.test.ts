// Address rules in a running server: what they do to a client, and what becomes of them when their
// file changes.

import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type DnsServer, startDns } from "../support/dns.ts";
import { addAccounts } from "../support/mailbox.ts";
import {
  runBailiwick,
  startBailiwick,
  temporaryFolder,
  type TestServer,
} from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";

const ours = "alice@example.org";
const foreign = "v@elsewhere.example";

async function serve(t: TestContext, rules: unknown, dns?: DnsServer): Promise<TestServer> {
  const folder = await temporaryFolder(t);
  if (typeof rules === "string") await writeFile(join(folder, "tcp.smtp"), rules);
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    folder,
    configuration: {
      relay: { rules: typeof rules === "string" ? "tcp.smtp" : rules },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
      limits: { "message-size": "1MB" },
      ...(dns && { dns: { servers: [`${dns.endpoint.host}:${dns.endpoint.port}`] } }),
    },
  });
  await addAccounts(server, ours);
  return server;
}

async function ask(server: TestServer, from: string, to: string): Promise<string> {
  const client = await openSession(server.address, from);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  const said = await client.command(`RCPT TO:<${to}>`);
  client.destroy();
  return said;
}

test("rules of the classic form", async (t) => {
  const server = await serve(
    t,
    `127.0.0.2:deny
127.0.0.3:allow,RELAYCLIENT=""
127.0.0.4:allow,RBLSMTPD="come back, please"
127.0.0.5:allow,RBLSMTPD="-never again"
127.0.0.6:allow,DATABYTES="1000"
no colon
:allow
`,
  );
  const cases = [
    ["127.0.0.2", ours, /^554 5\.7\.1 Your address is not allowed to send mail here /],
    ["127.0.0.3", foreign, /^250 2\.1\.5 Ok, relayed by an address rule/],
    ["127.0.0.3", ours, /^250 2\.1\.5 Ok, for a mailbox here/],
    ["127.0.0.4", ours, /^450 4\.7\.1 come back, please \(/],
    ["127.0.0.5", ours, /^554 5\.7\.1 never again \(/],
    ["127.0.0.7", ours, /^250 /],
    ["127.0.0.7", foreign, /^550 5\.7\.1 Relaying denied/],
  ] as const;
  for (const [client, to, reply] of cases) {
    await t.test(`${client} to ${to}`, async () => {
      assert.match(await ask(server, client, to), reply);
    });
  }

  await t.test("the decision names the file and the line", async () => {
    await server.untilLogged(({ place }) => place === join(server.folder, "tcp.smtp:2"));
  });

  await t.test("the trap is told of at the start", async () => {
    const warning = await server.untilLogged(({ event }) => event === "rules-warning");
    assert.match(warning.msg, /tcp\.smtp:6:1: there is no colon/);
  });

  await t.test("DATABYTES holds in EHLO, in SIZE, and for the content", async () => {
    const client = await openSession(server.address, "127.0.0.6");
    assert.match(await client.command("EHLO again.example"), /SIZE 1000$/m);
    const tooBig = "552 5.3.4 Message too big: at most 1000 octets are taken";
    await client.expect("MAIL FROM:<a@client.example> SIZE=1001", tooBig);
    const to = [ours];
    const small = { from: "a@client.example", to, content: "Subject: s\r\n\r\nsmall\r\n" };
    assert.match((await client.send(small)).content ?? "", /^250 /);
    const large = { ...small, content: `Subject: l\r\n\r\n${"x".repeat(990)}\r\n` };
    assert.equal((await client.send(large)).content, tooBig);
    client.destroy();
    const other = await openSession(server.address, "127.0.0.7");
    assert.match(await other.command("EHLO again.example"), /SIZE 1048576$/m);
    other.destroy();
  });
});

test("rules of the configuration", async (t) => {
  const server = await serve(t, [
    { from: "127.0.0.0/30", deny: "not from there", temporary: true },
    { from: "127.0.0.3", relay: true, "max-size": "2KB" },
  ]);
  assert.match(await ask(server, "127.0.0.2", ours), /^450 4\.7\.1 not from there \(/);
  assert.match(await ask(server, "127.0.0.3", foreign), /^250 /);
  assert.match(await ask(server, "127.0.0.4", foreign), /^550 /);
  const client = await openSession(server.address, "127.0.0.3");
  assert.match(await client.command("EHLO again.example"), /SIZE 2048$/m);
  client.destroy();
});

function reversed(last: number): string {
  return `${last}.0.0.127.in-addr.arpa`;
}

test("rules with a client's name", async (t) => {
  const dns = await startDns({
    [reversed(2)]: { PTR: ["mail.partner.example"] },
    "mail.partner.example": { A: ["127.0.0.2"] },
    [reversed(3)]: { PTR: ["mail.partner.example"] }, // it says so itself
    [reversed(4)]: { PTR: ["x.bad.example"] },
    "x.bad.example": { A: ["127.0.0.4"] },
    [reversed(5)]: { fault: "SERVFAIL" },
    [reversed(6)]: { fault: "SERVFAIL" },
  });
  t.after(() => dns.close());
  const rules = `=mail.partner.example:allow,RELAYCLIENT="",DATABYTES="2000"
=.bad.example:deny
127.0.0.6:allow
`;
  const server = await serve(t, rules, dns);
  assert.match(await ask(server, "127.0.0.2", foreign), /^250 /);
  assert.match(await ask(server, "127.0.0.3", foreign), /^550 5\.7\.1 /);
  assert.match(await ask(server, "127.0.0.4", ours), /^554 5\.7\.1 /);
  assert.match(await ask(server, "127.0.0.5", ours), /^451 4\.3\.0 /);
  dns.set(reversed(5), { PTR: ["mail.partner.example"] });
  dns.set("mail.partner.example", { A: ["127.0.0.2", "127.0.0.5"], ttl: 0 });
  assert.match(await ask(server, "127.0.0.5", foreign), /^250 /);
  // The address decides: nothing is looked up.
  assert.match(await ask(server, "127.0.0.6", ours), /^250 /);
  assert.ok(!dns.queries.includes(`PTR ${reversed(6)}`));
});

test("a name that cannot be found out keeps no mail of ours out, where no rule denies", async (t) => {
  const dns = await startDns({ "2.0.0.127.in-addr.arpa": { fault: "SERVFAIL" } });
  t.after(() => dns.close());
  const server = await serve(t, '=.partner.example:allow,RELAYCLIENT=""\n', dns);
  assert.match(await ask(server, "127.0.0.2", ours), /^250 /);
  assert.match(await ask(server, "127.0.0.2", foreign), /^451 4\.3\.0 /);
});

test("a rules file that changes", async (t) => {
  const server = await serve(t, "127.0.0.2:deny\n");
  const file = join(server.folder, "tcp.smtp");
  let seen = 0;
  const untilRead = async (event: string) => {
    const before = seen;
    await server.untilLogged(
      () => server.log.filter((entry) => entry.event === event).length > before,
    );
    seen = server.log.filter((entry) => entry.event === event).length;
  };
  assert.match(await ask(server, "127.0.0.2", ours), /^554 /);

  await t.test("holds for clients who come then; a session keeps its rules", async () => {
    const early = await openSession(server.address, "127.0.0.2");
    await early.expect("MAIL FROM:<a@client.example>", "250");
    await writeFile(`${file}.new`, "127.0.0.2:allow\n127.0.0.3:deny\n");
    await rename(`${file}.new`, file);
    await untilRead("rules-read");
    assert.match(await ask(server, "127.0.0.2", ours), /^250 /);
    assert.match(await ask(server, "127.0.0.3", ours), /^554 /);
    await early.expect(`RCPT TO:<${ours}>`, "554");
    early.destroy();
  });

  await t.test("is taken when whoever writes it is done", async () => {
    for (let line = 0; line < 8; line++) {
      const text = Array.from({ length: line }, (_, last) => `127.0.0.${last}:allow\n`).join("");
      await writeFile(file, text);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await writeFile(file, "127.0.0.2:deny\n");
    await untilRead("rules-read");
    assert.match(await ask(server, "127.0.0.2", ours), /^554 /);
    assert.equal(seen, 2, "nothing was read in between");
  });

  await t.test("with an error, or gone, changes nothing, and the log says why", async () => {
    await writeFile(file, "127.0.0.2:allow\n127.0.0.3:alow\n");
    const refused = await server.untilLogged(({ event }) => event === "rules-refused");
    assert.match(
      refused.msg,
      /^the old address rules stay in place: \S+tcp\.smtp:2:11: the instruction is/,
    );
    assert.match(await ask(server, "127.0.0.2", ours), /^554 /);
    await writeFile(file, '127.0.0.2:allow\n:allow,RELAYCLIENT=""\n');
    const open = await server.untilLogged(({ msg }) =>
      /stay in place: .*tcp\.smtp:2:1: /.test(msg),
    );
    assert.equal(open.event, "rules-refused");
    assert.match(await ask(server, "127.0.0.2", foreign), /^554 /);
    assert.match(await ask(server, "127.0.0.3", foreign), /^550 /);
    await rm(file);
    await server.untilLogged(({ msg }) =>
      /^the old address rules stay in place: .*there is no such file/.test(msg),
    );
    assert.match(await ask(server, "127.0.0.2", ours), /^554 /);
    await writeFile(file, "127.0.0.2:allow\n");
    await untilRead("rules-read");
    assert.match(await ask(server, "127.0.0.2", ours), /^250 /);
  });
});

test("a rules file that is not there, not readable, or no rules: no start, and check says so", async (t) => {
  const folder = await temporaryFolder(t);
  const configuration = join(folder, "bailiwick.yaml");
  const listeners = 'listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }';
  const files: readonly (readonly [
    name: string,
    content: Uint8Array | string | undefined,
    said: RegExp,
  ])[] = [
    ["none", undefined, /:2:17: relay\.rules: \S+none: there is no such file/],
    [".", undefined, /relay\.rules: \S+: this is not a file/],
    ["bad", "1.2.3.4:allow\n1.2.3.5:\n", /\/bad:2:9: nothing stands behind the colon/],
    ["binary", Uint8Array.of(0x31, 0, 0x3a), /\/binary:1:2: this is not text/],
    ["cut.cdb", new Uint8Array(100), /relay\.rules: \S+cut\.cdb: this cdb cannot be read/],
    ["open", ':allow,RELAYCLIENT=""\n', /\/open:1:1: /],
    ["empty", "", /^$/],
  ];
  for (const [name, content, said] of files) {
    await t.test(name, async () => {
      if (content !== undefined) await writeFile(join(folder, name), content);
      const text = `hostname: mail.example.org\nrelay: { rules: ${name} }\n${listeners}\n`;
      await writeFile(configuration, text);
      const check = await runBailiwick(["check", "-c", configuration]);
      assert.match(check.stderr, said);
      if (check.code === 0) return;
      assert.equal(check.code, 2);
      const start = await runBailiwick(["start", "-c", configuration]);
      assert.equal(start.code, 2);
      assert.match(start.stderr, said);
    });
  }
});
