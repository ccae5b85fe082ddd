// Behind a load balancer that speaks the PROXY protocol: clients are who it says they are, and its
// own address is nobody's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseConfiguration } from "../../src/core/config/parse.ts";
import { startServer } from "../../src/app/server/run.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { type Endpoint, startBailiwick, temporaryFolder } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { connectSmtp, openSession, sendLetter } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const stranger = "203.0.113.9";
const ours = "192.0.2.7";

function textHeader(client: string): Buffer {
  const isSix = client.includes(":");
  return Buffer.from(
    `PROXY TCP${isSix ? "6" : "4"} ${client} ${isSix ? "::1" : "127.0.0.1"} 5 25\r\n`,
  );
}

function binaryHeader(client: string): Buffer {
  const addresses = [...client.split(".").map(Number), 127, 0, 0, 1, 0, 5, 0, 25];
  // Behind the addresses a further field, as balancers add them.
  const rest = Buffer.from([...addresses, 4, 0, 2, 120, 120]);
  return Buffer.concat([binaryStart(0x21, 0x11, rest.length), rest]);
}

function binaryStart(command: number, family: number, length: number): Buffer {
  const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
  return Buffer.concat([signature, Buffer.from([command, family, length >> 8, length & 0xff])]);
}

const local = binaryStart(0x20, 0, 0);
const unix = Buffer.concat([binaryStart(0x21, 0x31, 216), Buffer.alloc(216)]);
const unknown = Buffer.from("PROXY UNKNOWN\r\n");

/** A load balancer at 127.0.0.8 that puts this before what each client says. */
async function startProxy(cleanup: Cleanup, target: Endpoint, header: Uint8Array) {
  const proxy = createServer((client) => {
    const server = connect({ ...target, localAddress: "127.0.0.8" });
    for (const socket of [client, server]) socket.on("error", () => {});
    server.write(header);
    client.pipe(server).pipe(client);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  cleanup.after(async () => void proxy.close());
  const address = proxy.address();
  return { host: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

function letter(to: string) {
  return { from: "zoe@client.example", to: [to], content: "Subject: Hello\r\n\r\nHello.\r\n" };
}

function configurationFor(sink: string) {
  return {
    hostname: "mail.example.org",
    listeners: { mx: { role: "mx", listen: ["127.0.0.1:0"], proxies: ["127.0.0.8/32"] } },
    relay: { networks: ["192.0.2.0/24", "2001:db8::/64"] },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: sink }],
  };
}

test("behind a proxy, who may send what", async (t) => {
  const outside = await startSink(t);
  const server = await startBailiwick(t, { configuration: configurationFor(outside.name) });
  await addAccounts(server, "alice@example.org");

  for (const [version, header] of [
    ["1", textHeader],
    ["2", binaryHeader],
  ] as const) {
    await t.test(`a client of ours relays, in version ${version}`, async () => {
      const proxy = await startProxy(t, server.address, header(ours));
      const to = `bob${version}@elsewhere.example`;
      assert.match((await sendLetter(proxy, letter(to))).content ?? "", /^250 /);
      const { content } = await outside.untilFor(to);
      assert.ok(content.includes(`from client.example ([${ours}])`), content.toString());
    });

    await t.test(`a stranger does not, in version ${version}`, async () => {
      const proxy = await startProxy(t, server.address, header(stranger));
      const { recipients } = await sendLetter(proxy, letter("bob@elsewhere.example"));
      assert.match(recipients[0] ?? "", /^550 5\.7\.1 /);
      await server.untilLogged(({ event, client }) => event === "decision" && client === stranger);
      assert.match((await sendLetter(proxy, letter("alice@example.org"))).content ?? "", /^250 /);
    });
  }

  await t.test("an IPv6 client is known by its address, too", async () => {
    const proxy = await startProxy(t, server.address, textHeader("2001:db8::7"));
    assert.match((await sendLetter(proxy, letter("six@elsewhere.example"))).content ?? "", /^250 /);
  });

  await t.test("a mailbox's mail names the client, not the proxy", async () => {
    const [mail = ""] = await untilMail(server, "alice@example.org", 1);
    assert.ok(mail.includes(`from client.example ([${stranger}])`), mail);
    assert.ok(!mail.includes("127.0.0.8"), mail);
  });

  await t.test("nobody else may say who a client is", async () => {
    for (const header of [textHeader(ours), binaryHeader(ours), local]) {
      const client = await connectSmtp(server.address, "127.0.0.2");
      client.write(Buffer.concat([header, Buffer.from("EHLO client.example\r\n")]));
      assert.deepEqual(await client.rest(), []);
    }
    const entry = await server.untilLogged(
      ({ event, count }) => event === "unproxied" && count === 3,
    );
    assert.equal(entry["peer"], "127.0.0.2");
    assert.equal(entry["listener"], "mx");
  });

  await t.test("a second header changes nothing", async () => {
    const proxy = await startProxy(t, server.address, textHeader(stranger));
    const client = await connectSmtp(proxy);
    assert.match(await client.reply(), /^220 /);
    assert.match(await client.command(textHeader(ours).toString().trimEnd()), /^500 /);
    await client.expect("EHLO client.example", "250");
    await client.expect("MAIL FROM:<a@client.example>", "250");
    await client.expect("RCPT TO:<b@elsewhere.example>", "550 5.7.1");
    client.write(binaryHeader(ours));
    assert.match(await client.reply(), /^500 /);
    client.destroy();
  });

  await t.test("what is no header is not answered", async () => {
    for (const words of [
      "EHLO client.example\r\n",
      "PROXY TCP4 192.0.2.7\r\n",
      "GET / HTTP/1.1\r\n\r\n",
    ]) {
      const client = await connectSmtp(server.address, "127.0.0.8");
      client.write(words);
      assert.deepEqual(await client.rest(), []);
    }
  });
});

test("a proxy's own address grants nothing, even where the policy says so", async (t) => {
  const server = await startTrusting(t);
  const headers = { local, unix, unknown, itself: textHeader("127.0.0.8") };
  for (const [name, header] of Object.entries(headers)) {
    const proxy = await startProxy(t, server, header);
    const client = await openSession(proxy);
    await client.expect("MAIL FROM:<a@client.example>", "250");
    const said = await client.command("RCPT TO:<b@elsewhere.example>");
    assert.match(said, /^550 5\.7\.1 /, name);
    client.destroy();
  }
  const neighbour = await openSession(await startProxy(t, server, textHeader("127.0.0.9")));
  await neighbour.expect("MAIL FROM:<a@client.example>", "250");
  await neighbour.expect("RCPT TO:<b@elsewhere.example>", "250");
  neighbour.destroy();
});

/** A server whose policy trusts its own proxy: started by itself, since no such file should pass. */
async function startTrusting(t: TestContext): Promise<Endpoint> {
  const folder = await temporaryFolder(t);
  const text = JSON.stringify({
    ...configurationFor("127.0.0.1:9"),
    data: join(folder, "data"),
    relay: { networks: ["127.0.0.0/8"] },
  });
  const read = parseConfiguration(text, { file: "b.yaml", folder });
  assert.ok(read.ok, JSON.stringify(read));
  const silent = { info() {}, warn() {}, error() {} };
  const server = await startServer({
    settings: read.value,
    readSettings: async () => read.value,
    clock: { now: Date.now, elapsed: () => performance.now() },
    random: Math.random,
    log: silent,
    mxPort: 25,
  });
  t.after(() => server.stop());
  return waitUntil("it listens", () => server.listeners[0]?.address);
}
