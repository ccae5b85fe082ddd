// Strangers on blocklists that Debian's rbldnsd serves: who is refused, where, and in which words.

import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { whyMissing } from "../support/command.ts";
import { addAccounts } from "../support/mailbox.ts";
import { type RblZone, startRbldnsd } from "../support/rbldnsd.ts";
import { type Endpoint, startBailiwick, type TestServer } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";

const at = {
  listed: "127.0.0.5",
  clean: "127.0.0.6",
  ours: "127.0.0.7",
  allowed: "127.0.0.8",
  half: "127.0.0.9",
  bell: "127.0.0.10",
};

const zones: readonly RblZone[] = [
  {
    zone: "black.test",
    format: "ip4set",
    data: [
      ":127.0.0.2:Listed, see https://black.test/why?ip=$",
      "127.0.0.2",
      at.listed,
      at.ours,
      at.allowed,
      `${at.bell} :127.0.0.2:Ring\u0007 \u001b[31mred`,
      "",
    ].join("\n"),
  },
  {
    zone: "black.test",
    format: "ip6trie",
    data: ":127.0.0.3:Listed too: $\n::1/128\n::ffff:7f00:2/128\n",
  },
  { zone: "half.test", format: "ip4set", data: `:2:half\n127.0.0.2\n${at.half}\n` },
  { zone: "white.test", format: "ip4set", data: `:2:good\n127.0.0.2\n${at.allowed}\n` },
  { zone: "world.test", format: "ip4trie", data: ":2:the world\n0.0.0.0/1\n128.0.0.0/1\n" },
  { zone: "empty.test", format: "ip4set", data: "\n" },
];

const mailbox = "alice@example.org";

async function startWorld(t: TestContext): Promise<TestServer> {
  const dns = await startRbldnsd(t, zones);
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      listeners: {
        mx: { role: "mx", listen: ["127.0.0.1:0"] },
        six: { role: "mx", listen: ["[::1]:0"] },
      },
      relay: { networks: [at.ours] },
      domains: {
        "example.org": { deliver: "mailboxes" },
        "example.net": { "relay-to": sink.name },
      },
      blocklists: [
        { zone: "black.test" },
        { zone: "half.test", score: 0.5, ipv6: false },
        { zone: "white.test", score: -1, ipv6: false },
        { zone: "world.test", ipv6: false },
        { zone: "empty.test", ipv6: false },
      ],
      dns: { servers: [`${dns.host}:${dns.port}`] },
    },
  });
  await addAccounts(server, mailbox);
  return server;
}

/** What is answered to each recipient. */
async function recipients(
  server: Endpoint,
  from: string | undefined,
  ...to: readonly string[]
): Promise<readonly string[]> {
  const client = await openSession(server, from);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  const replies: string[] = [];
  for (const address of to) replies.push(await client.command(`RCPT TO:<${address}>`));
  client.destroy();
  return replies;
}

/** How often any list was asked so far. */
async function questions(server: TestServer): Promise<string> {
  const { stdout } = await server.run("blocklists", "--json");
  return [...stdout.matchAll(/"(?:questions|remembered)": \d+/g)].join();
}

test("with no DNS at all, a list that fails closed puts strangers off, and no other", async (t) => {
  for (const [fail, code] of [
    ["closed", "451 4.3.0"],
    ["open", "250"],
  ] as const) {
    const server = await startBailiwick(t, {
      configuration: {
        domains: { "example.org": { deliver: "mailboxes" } },
        relay: { networks: [at.ours] },
        blocklists: [{ zone: "black.test", fail }],
        dns: { servers: ["127.0.0.1:1"] },
      },
    });
    await addAccounts(server, mailbox);
    const [stranger = ""] = await recipients(server.address, at.clean, mailbox);
    assert.ok(stranger.startsWith(code), stranger);
    const [ours = ""] = await recipients(server.address, at.ours, mailbox);
    assert.match(ours, /^250 /);
  }
});

suite("blocklists", { skip: await whyMissing("/usr/sbin/rbldnsd") }, () => {
  test("who is refused", async (t) => {
    const server = await startWorld(t);
    const ask = (from: string, ...to: readonly string[]) => recipients(server.address, from, ...to);

    await t.test(
      "a listed client, for mailboxes and relayed domains, with the reason",
      async () => {
        for (const reply of await ask(at.listed, mailbox, "bob@example.net")) {
          assert.match(
            reply,
            /^554 5\.7\.1 Your address is listed at black\.test \(Listed, see https:\/\/black\.test\/why\?ip=127\.0\.0\.5\) \(\S+\)$/,
          );
        }
      },
    );

    await t.test("but for a foreign domain it is a stranger like others", async () => {
      const [reply = ""] = await ask(at.listed, "eve@foreign.example");
      assert.match(reply, /^550 5\.7\.1 Relaying denied/);
    });

    await t.test("and for a mailbox that is not there, too", async () => {
      const [reply = ""] = await ask(at.listed, "nobody@example.org");
      assert.match(reply, /^550 5\.1\.1 /);
    });

    await t.test(
      "no client that is on no list, half a list, or an allow list besides",
      async () => {
        for (const from of [at.clean, at.half, at.allowed]) {
          const [reply = ""] = await ask(from, mailbox);
          assert.match(reply, /^250 /, from);
        }
      },
    );

    await t.test("no client of relay.networks, and nobody asks for it", async () => {
      const before = await questions(server);
      for (const reply of await ask(at.ours, mailbox, "bob@example.net"))
        assert.match(reply, /^250 /);
      assert.equal(await questions(server), before);
    });

    await t.test("a listed IPv6 client", async () => {
      const six = server.listeners.find(({ name }) => name === "six");
      assert.ok(six);
      const [reply = ""] = await recipients(six, undefined, mailbox);
      assert.match(
        reply,
        /^554 5\.7\.1 Your address is listed at black\.test \(Listed too: \S*1\)/,
      );
    });

    await t.test("what a list writes cannot ring our bell", async () => {
      const [reply = ""] = await ask(at.bell, mailbox);
      assert.match(reply, /^554 5\.7\.1 Your address is listed at black\.test \([ -~]+\) \(\S+\)$/);
    });

    await t.test("fifty at once, all alike", async () => {
      const limit = 15; // connections from one address are counted
      for (let round = 0; round < 3; round++) {
        const replies = await Promise.all(
          Array.from({ length: limit }, () => ask(at.listed, mailbox)),
        );
        for (const [reply = ""] of replies) assert.match(reply, /^554 5\.7\.1 /);
      }
    });

    await t.test("clients that leave before the answer harm nobody", async () => {
      for (let count = 0; count < 10; count++) {
        const client = await openSession(server.address, `127.0.1.${count + 1}`);
        client.write(`MAIL FROM:<a@client.example>\r\nRCPT TO:<${mailbox}>\r\n`);
        client.destroy();
      }
      const [reply = ""] = await ask(at.clean, mailbox);
      assert.match(reply, /^250 /);
    });

    await t.test(
      "a list of the world and an empty one are set aside, and the log says so",
      async () => {
        for (const [zone, why] of [
          ["world.test", /lists 127\.0\.0\.1/],
          ["empty.test", /does not list 127\.0\.0\.2/],
        ] as const) {
          const entry = await server.untilLogged(
            ({ event, zone: named }) => event === "blocklist-set-aside" && named === zone,
          );
          assert.match(entry.msg, why);
        }
      },
    );

    await t.test("the operator sees it all", async () => {
      const { code, stdout } = await server.run("blocklists");
      assert.equal(code, 1, "some are set aside");
      const lines = stdout.trimEnd().split("\n");
      assert.equal(lines.length, 1 + 6);
      assert.match(stdout, /^black\.test +IPv4 +\+1 .* in order for /m);
      assert.match(stdout, /^black\.test +IPv6 +\+1 .* in order for /m);
      assert.match(stdout, /^white\.test +IPv4 +-1 .* in order for /m);
      assert.match(
        stdout,
        /^world\.test .* set aside for .*, counts nothing: it lists 127\.0\.0\.1/m,
      );
      const json: unknown = JSON.parse(
        (await server.run("blocklists", "--json", "--check")).stdout,
      );
      assert.partialDeepStrictEqual(json, [
        {
          zone: "black.test",
          family: "IPv4",
          score: 1,
          fail: "open",
          health: { state: "healthy" },
        },
      ]);
    });

    await t.test("and what the lists say of one address", async () => {
      const found = await server.run("blocklists", "lookup", `::ffff:${at.listed}`);
      assert.equal(found.code, 1);
      assert.match(
        found.stdout,
        /^black\.test +\+1 +\d+ ms +listed \(127\.0\.0\.2\): Listed, see /m,
      );
      assert.match(found.stdout, /^half\.test .* not listed$/m);
      assert.match(found.stdout, /^world\.test .* no answer: set aside, because /m);
      assert.match(found.stdout, /127\.0\.0\.5 would be refused, as listed at black\.test/);
      assert.equal((await server.run("blocklists", "lookup", at.clean, "--json")).code, 0);
      const wrong = await server.run("blocklists", "lookup", "example.org");
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /such as 192\.0\.2\.7/);
    });

    await t.test("without a server the lists are asked all the same", async () => {
      await server.stop();
      const report = await server.run("blocklists");
      assert.equal(report.code, 1);
      assert.equal(report.stderr, "");
      assert.match(report.stdout, /^black\.test .* in order for /m);
      const found = await server.run("blocklists", "lookup", at.listed);
      assert.equal(found.code, 1);
      assert.match(found.stdout, /would be refused/);
    });
  });

  test("lists that are taken out at a reload concern nobody any more", async (t) => {
    const dns = await startRbldnsd(t, zones);
    const domains = { "example.org": { deliver: "mailboxes" } };
    const server = await startBailiwick(t, {
      configuration: {
        domains,
        blocklists: [{ zone: "black.test" }],
        dns: { servers: [`${dns.host}:${dns.port}`] },
      },
    });
    await addAccounts(server, mailbox);
    const before = await openSession(server.address, at.listed);
    const ask = async () => (await recipients(server.address, at.listed, mailbox))[0] ?? "";
    assert.match(await ask(), /^554 /);
    await server.configure({ domains });
    assert.equal((await server.run("reload")).code, 0);
    assert.match(await ask(), /^250 /);
    // A session keeps the lists that it began with.
    await before.expect("MAIL FROM:<a@client.example>", "250");
    await before.expect(`RCPT TO:<${mailbox}>`, "554");
    before.destroy();
    const { code, stdout } = await server.run("blocklists");
    assert.equal(code, 0);
    assert.match(stdout, /names no blocklist/);
  });
});
