// Whoever has just read mail may send from the same address: as himself, for a while, and nobody else.

import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { connectOperations } from "../../src/app/control.ts";
import type { ServerOperations } from "../../src/server/admin/server-operations.ts";
import { type Address, parseAddress } from "../../src/core/mail/address.ts";
import { type IpAddress, parseIp } from "../../src/core/mail/ip.ts";
import { whyMissing } from "../support/command.ts";
import { behindProxy, openSessionFrom, recipientReply } from "../support/proxied.ts";
import { startRbldnsd } from "../support/rbldnsd.ts";
import { type Endpoint, startBailiwick, type TestServer } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";

const home = "203.0.113.9";
const neighbour = "203.0.113.10";
const ann = "ann@example.org";
const bob = "bob@example.org";
const foreign = "friend@elsewhere.example";

const ok = /^250 2\.1\.5 Ok, relayed because you have just read your mail here$/;
const denied = /^550 5\.7\.1 Relaying denied: this is not one of our domains/;

const hour = 3_600_000;

function addressOf(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

function mailbox(text: string): Address {
  const address = parseAddress(text);
  return address.ok ? address.value : assert.fail(text);
}

interface Asked {
  readonly from?: string;
  readonly to?: string;
}

function configurationWith(more: Readonly<Record<string, unknown>>, roaming: object | undefined) {
  return {
    listeners: {
      mx: { role: "mx", ...behindProxy },
      submission: { role: "submission", ...behindProxy, tls: "offered" },
    },
    domains: { "example.org": { deliver: "mailboxes" } },
    relay: { ...(roaming && { roaming }) },
    ...more,
  };
}

function listener(server: TestServer, name: string): Endpoint {
  return server.listeners.find((each) => each.name === name) ?? assert.fail(name);
}

/** The control socket, without a command for each call: the one that a test is about is run. */
async function operate(server: TestServer): Promise<ServerOperations> {
  const operations = await connectOperations(join(server.dataFolder, "control.sock"));
  return operations ?? assert.fail("no server listens");
}

async function worldOf(server: TestServer) {
  const mx = listener(server, "mx");
  const operations = await operate(server);
  return {
    server,
    operations,
    add: (client: string, account = ann, length: number | null = null) =>
      operations.grantAdd(addressOf(client), mailbox(account), length),
    reload: async (roaming: object | undefined) => {
      await server.configure(configurationWith({}, roaming));
      await operations.reload();
    },
    ask: (client: string, { from = ann, to = foreign }: Asked = {}) =>
      recipientReply(mx, client, [from, to]),
    grants: async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await server.run("grants", ...words);
      return { code, text: stdout + stderr };
    },
  };
}

async function startWorld(t: TestContext, roaming: object | undefined = {}, more: object = {}) {
  const server = await startBailiwick(t, {
    configuration: configurationWith({ ...more }, roaming),
  });
  const world = await worldOf(server);
  for (const account of [ann, bob]) await world.operations.accountAdd(mailbox(account), null);
  return world;
}

test("a grant is for its address, its account's senders and MX listeners", async (t) => {
  const outside = await startSink(t);
  const routes = [{ to: "*", via: outside.name }];
  const { server, ask, grants, operations } = await startWorld(t, {}, { routes });
  await operations.addressAdd(mailbox("info@example.org"), mailbox(ann), "alias");
  assert.match(await ask(home), denied);
  const added = await grants("add", home, "--account", "Ann@Example.org");
  assert.equal(added.code, 0, added.text);
  assert.match(added.text, /203\.0\.113\.9 +ann@example\.org +operator/);

  assert.match(await ask(home), ok);
  assert.match(await ask(home, { from: "INFO@example.org" }), ok);
  assert.match(await ask(home, { from: "ann+list@example.org" }), ok);
  // Whoever shares the address could say that.
  assert.match(await ask(home, { from: "" }), denied);
  assert.match(await ask(home, { from: bob }), denied);
  assert.match(await ask(home, { from: "ann@elsewhere.example" }), denied);
  assert.match(await ask(neighbour), denied);
  assert.match(await ask("2001:db8::9"), denied);
  const submission = listener(server, "submission");
  assert.match(await recipientReply(submission, home, [ann, foreign]), /^530 5\.7\.0 /);

  const client = await openSessionFrom(listener(server, "mx"), home);
  const letter = { from: ann, to: [foreign, bob], content: "Subject: Hello\r\n\r\nHello.\r\n" };
  assert.match((await client.send(letter)).content ?? "", /^250 /);
  assert.match((await client.send({ ...letter, to: [bob] })).content ?? "", /^250 /);
  client.destroy();
  await outside.untilFor(foreign);

  const report = await grants("report", "--json");
  const [use, ...others] = JSON.parse(report.text);
  assert.deepEqual(others, []);
  assert.equal(use.account, ann);
  assert.equal(use.messages, 1);
  assert.match((await grants("report")).text, /ann@example\.org +- +1 +1 +20/);
  assert.match((await grants("report", "--daily")).text, /^DAY[^]*ann@example\.org/);
});

test("names that are not known here are told of, and nothing else is made of them", async (t) => {
  const { server, ask, grants } = await startWorld(t);
  assert.equal((await grants("add", home, "--account", ann)).code, 0);
  const added = await server.run("grants", "add", neighbour, "--account", "alise@example.org");
  assert.equal(added.code, 0);
  assert.match(added.stderr, /^There is no account alise@example\.org here; the grant counts only/);
  assert.match(added.stdout, /alise@example\.org/);
  assert.equal((await server.run("grants", "add", home, "--account", ann)).stderr, "");
  assert.match(await ask(home), ok);
  const none = await grants("list", "--account", "nobody@example.org");
  assert.deepEqual(none, { code: 0, text: "There is no grant for nobody@example.org.\n" });
  assert.match(
    (await grants("list", "--client", "192.0.2.1")).text,
    /no grant from 192\.0\.2\.1\.\n/,
  );
  await server.stop();
  await server.configure(configurationWith({}, undefined));
  assert.match((await grants("list")).text, /`relay\.roaming` is not in the configuration/);
});

test("after a revocation only a new login opens it again", async (t) => {
  const { ask, add, grants, operations } = await startWorld(t);
  await grants("add", home, "--account", ann, "--for", "3h");
  assert.match(await ask(home), ok);
  const revoked = await grants("revoke", home);
  assert.deepEqual(revoked, { code: 0, text: `${home} does not relay any more for ${ann}\n` });
  assert.match(await ask(home), denied);
  assert.equal((await grants("revoke", home)).code, 1);
  assert.match((await grants("list", "--all")).text, /revoked 20/);
  // A new one, which ends with the account's password.
  await add(home);
  assert.match(await ask(home), ok);
  await operations.accountSetDisabled(mailbox(ann), true);
  assert.match(await ask(home), denied);
  // Or with one of its passwords.
  await operations.accountSetDisabled(mailbox(ann), false);
  const lost = await operations.appPasswordAdd(mailbox(ann), {
    name: "phone",
    scope: "all",
    digest: "0".repeat(64),
  });
  await add(home);
  assert.match(await ask(home), ok);
  await operations.appPasswordRemove(lost.id);
  assert.match(await ask(home), denied);
});

test("a grant that has ended says when, and what to do; a restart keeps those that last", async (t) => {
  const { server, ask, add, grants } = await startWorld(t, { lifetime: "1s" });
  await add(home);
  await add(neighbour, ann, 3 * hour);
  const expired =
    /^550 5\.7\.1 Relaying denied: your permission from reading mail ended \w+, \d+ \w+ 20.*; read your mail and send again, or log in on port 587 /;
  await waitUntil("the grant is over", async () => expired.test(await ask(home)));
  // Whoever comes to the address next is not told of it.
  assert.match(await ask(home, { from: "zoe@client.example" }), denied);
  assert.match(await ask(home, { to: bob }), /^250 2\.1\.5 Ok, for a mailbox here/);
  await server.kill();

  // What the store knows, without a server.
  const list = (await grants("list", "--all")).text;
  assert.match(list, /203\.0\.113\.9 .*over since[^]*203\.0\.113\.10 .*Z \(2 h/);
  const asked = ["--from", ann, "--to", foreign];
  const why = await server.run("explain", "--ip", neighbour, ...asked);
  assert.match(why.stdout, /ACCEPTED, to be relayed: roaming-grant/);
  assert.equal((await grants("add", "198.51.100.5", "--account", bob, "--for", "1h")).code, 0);

  const again = await startBailiwick(t, {
    folder: server.folder,
    configuration: configurationWith({}, {}),
  });
  const world = await worldOf(again);
  assert.match(await world.ask(neighbour), ok);
  assert.match(await world.ask("198.51.100.5", { from: bob }), ok);
  const explained = await again.run("explain", "--ip", neighbour, ...asked);
  assert.match(explained.stdout, /the grant of ann@example\.org for 203\.0\.113\.10 covers/);
  await world.operations.grantRevoke({ name: ann });
  const refused = await world.ask(neighbour);
  const [, id = ""] = /\((\S+)\)$/.exec(refused) ?? [];
  const kept = await waitUntil("the decision is kept", async () => {
    const { stdout } = await again.run("why", id);
    return stdout.includes("REFUSED") && stdout;
  });
  assert.match(kept, /nobody has read mail \(POP, IMAP\) from 203\.0\.113\.10 lately/);
});

test("an address with many users lets none of them relay, and says so", async (t) => {
  const { ask, add, grants, reload } = await startWorld(t, { "shared-after": 1 });
  await add(home);
  assert.match(await ask(home), ok);
  const second = await grants("add", home, "--account", bob);
  assert.equal(second.code, 1);
  assert.match(second.text, /more than 1 accounts read mail from there/);
  const shared = /^550 5\.7\.1 Relaying denied: too many users read their mail from your address/;
  assert.match(await ask(home), shared);
  assert.match(await ask(home, { from: bob }), shared);
  assert.match((await grants("list")).text, /does not count: more than 1 accounts/);

  // By other rules it is theirs again, and without any it is nobody's.
  await reload({ senders: "any", exclude: [bob] });
  assert.match(await ask(home, { from: "zoe@client.example" }), ok);
  await reload({ exclude: ["example.org"] });
  assert.match(await ask(home), denied);
  await assert.rejects(add(neighbour), /example\.org is in relay\.roaming\.exclude/);
  await reload(undefined);
  assert.match(await ask(home), denied);
  await assert.rejects(add(neighbour), /relay\.roaming is not in the configuration/);
});

test("limits of grants are for the account, wherever it is", async (t) => {
  const limits = { rates: { grant: { recipients: "2 per 1h" } } };
  const { ask, add } = await startWorld(t, {}, { limits });
  await add(home);
  await add(neighbour);
  assert.match(await ask(home), ok);
  assert.match(await ask(neighbour), ok);
  assert.match(
    await ask(home),
    /^450 4\.7\.1 Limit reached \(2 recipients an hour for your account/,
  );
  assert.match(await ask(home, { from: bob, to: bob }), /^250 /);
});

test("an account that sends under its grant as a thief would is stopped, and its mail held", async (t) => {
  const limits = { breaker: { messages: ["2 per 1h"] } };
  const routes = [{ to: "*", via: "127.0.0.1:1" }];
  const { ask, add, server, operations } = await startWorld(t, {}, { limits, routes });
  await add(home);
  const client = await openSessionFrom(listener(server, "mx"), home);
  const letter = { from: ann, to: [foreign], content: "Subject: Buy\r\n\r\nNow.\r\n" };
  for (const _ of [1, 2]) assert.match((await client.send(letter)).content ?? "", /^250 /);
  await client.expect(`MAIL FROM:<${ann}>`, "250");
  await client.expect(`RCPT TO:<${foreign}>`, "250");
  assert.match(await client.command("DATA"), /^450 4\.7\.1 .*sending is stopped/);
  client.destroy();
  assert.match(await ask(home), /^450 4\.7\.1 .*sending is stopped/);
  await waitUntil("its mail is held", async () => {
    const mine = await operations.queueList({ login: ann }, { after: 0, limit: 9 });
    return mine.length === 2 && mine.every(({ recipients }) => recipients[0]?.state === "held");
  });
  assert.equal(await operations.accountRelease(mailbox(ann)), 2);
  assert.match(await ask(home), ok);
});

test("IPv6: the address alone, or its network", async (t) => {
  const [one, other, beyond] = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"] as const;
  const { ask, add, reload } = await startWorld(t);
  await add(one);
  assert.match(await ask(one), ok);
  assert.match(await ask(other), denied);
  await reload({ ipv6: "network" });
  assert.match(await ask(other), ok);
  assert.match(await ask(beyond), denied);
});

test("what cannot be granted says why", async (t) => {
  const { add, grants } = await startWorld(t);
  await assert.rejects(
    add("127.0.0.1"),
    /127\.0\.0\.1 may not relay for ann@example\.org: it is this/,
  );
  await assert.rejects(add("::1"), /this host's own/);
  await assert.rejects(add(home, "ann@example.com"), /example\.com is not one of our domains/);
  const mistyped = await grants("add", "203.0.113.0/24", "--account", ann);
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.text, /IP address such as/);
  assert.equal((await grants("report", "--days", "0")).code, 2);
});

suite("blocklists", { skip: await whyMissing("/usr/sbin/rbldnsd") }, () => {
  test("do not count for those who have just read mail, but for all others", async (t) => {
    const data = `:127.0.0.2:listed\n127.0.0.2\n${home}\n${neighbour}\n`;
    const dns = await startRbldnsd(t, [{ zone: "black.test", format: "ip4set", data }]);
    const { ask, add } = await startWorld(
      t,
      {},
      {
        blocklists: [{ zone: "black.test", ipv6: false }],
        dns: { servers: [`${dns.host}:${dns.port}`] },
      },
    );
    const listed = /^554 5\.7\.1 Your address is listed at black\.test/;
    assert.match(await ask(home, { to: bob }), listed);
    await add(home);
    assert.match(await ask(home, { to: bob }), /^250 /);
    assert.match(await ask(home), ok);
    assert.match(await ask(home, { from: "zoe@client.example", to: bob }), listed);
    assert.match(await ask(neighbour, { to: bob }), listed);
  });
});
