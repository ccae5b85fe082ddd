// Routes at work: which host gets a message, in which protocol, logged in how, from which address, and
// how fast.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { postfix, startPostfix } from "../../bench/servers/postfix.ts";
import { openWorkspace } from "../../bench/workspace.ts";
import { makeAuthority } from "../support/certificates.ts";
import { whyMissing } from "../support/command.ts";
import { callOperation } from "../support/control.ts";
import { startDns } from "../support/dns.ts";
import { startDovecot, whyNoDovecot } from "../support/dovecot.ts";
import { startDovecotTokens } from "../support/dovecot-auth.ts";
import { freePort } from "../support/free-port.ts";
import { type LogEntry, startBailiwick, type TestServer } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { startTokenEndpoint } from "../support/token-endpoint.ts";
import { waitUntil } from "../support/wait.ts";

const content = "Subject: Hello\r\n\r\nHello.\r\n";
const relay = { networks: ["127.0.0.1"] };
const queue = { retry: ["1h"] };

async function send(server: TestServer, from: string, ...to: readonly string[]): Promise<void> {
  const said = await sendLetter(server.address, { from, to, content });
  assert.match(said.content ?? "", /^250 /, JSON.stringify(said));
}

/** What the first attempt for a recipient came to. */
async function attemptFor(server: TestServer, recipient: string, state: string): Promise<LogEntry> {
  const found = await server.untilLogged(
    (entry) => entry.event === "attempt" && entry["recipient"] === recipient,
  );
  assert.equal(found["state"], state, JSON.stringify(found));
  return found;
}

async function secondAttemptFor(server: TestServer, recipient: string): Promise<LogEntry> {
  const isMine = (entry: LogEntry) => entry.event === "attempt" && entry["recipient"] === recipient;
  return waitUntil(`${recipient} is tried again`, () => server.log.filter(isMine)[1]);
}

test("mail goes by recipient, sender and order, past hosts that are down", async (t) => {
  const sinks = {
    partner: await startSink(t),
    sender: await startSink(t),
    bounces: await startSink(t),
    rest: await startSink(t),
  };
  const dns = await startDns({ "direct.example": { MX: [[0, "."]] } });
  t.after(() => dns.close());
  const dead = `127.0.0.1:${await freePort()}`;
  const server = await startBailiwick(t, {
    configuration: {
      relay,
      queue,
      dns: { servers: [`127.0.0.1:${dns.endpoint.port}`] },
      routes: [
        { to: "direct.example", via: "mx" },
        { to: ".partner.example", from: "example.org", via: sinks.partner.name },
        { from: "news@example.org", via: [dead, sinks.sender.name] },
        { from: "<>", via: [[sinks.bounces.name]] },
        { to: "*", via: [[dead, sinks.rest.name]], "recipients-per-message": 1 },
      ],
    },
  });
  await send(server, "ann@example.org", "one@mail.partner.example");
  await sinks.partner.untilFor("one@mail.partner.example");
  await send(server, "News@Example.org", "two@other.example");
  await sinks.sender.untilFor("two@other.example");
  await send(server, "news@example.org", "three@other.example");
  await sinks.sender.untilFor("three@other.example");
  await send(server, "", "four@other.example");
  await sinks.bounces.untilFor("four@other.example");
  const several = ["a@partner.example", "b@partner.example", "c@partner.example"];
  await send(server, "ann@example.org", ...several);
  const apart = await sinks.rest.until(3);
  assert.deepEqual(
    apart.map(({ recipients }) => recipients),
    several.map((one) => [one]),
    "each in a transaction of its own, and a parent is not below itself",
  );
  await send(server, "ann@example.org", "five@direct.example");
  const direct = await attemptFor(server, "five@direct.example", "failed");
  assert.match(String(direct["said"]), /null MX/);
  const { stdout, code } = await server.run("check");
  assert.equal(code, 0);
  assert.match(stdout, /^sends mail for direct\.example through the MX hosts of its domain$/m);
  assert.match(
    stdout,
    /^sends mail without a sender through 127\.0\.0\.1:\d+, TLS opportunistic$/m,
  );
});

test("what a rate holds back waits without holding up the end, and goes later", async (t) => {
  const sink = await startSink(t);
  const routes = (rate: string) => [{ to: "*", via: sink.name, rate }];
  const configuration = { relay, queue };
  const server = await startBailiwick(t, {
    configuration: { ...configuration, routes: routes("2 per 24d") },
  });
  for (const one of [1, 2, 3, 4]) await send(server, "ann@example.org", `bob${one}@other.example`);
  await sink.until(2);
  const began = performance.now();
  assert.equal(await server.stop(), 0);
  assert.ok(performance.now() - began < 9_000, "the end does not wait for the rate");
  assert.equal(sink.messages.length, 2);
  await startBailiwick(t, {
    folder: server.folder,
    configuration: { ...configuration, routes: routes("none") },
  });
  const all = await sink.until(4);
  assert.equal(new Set(all.flatMap(({ recipients }) => recipients)).size, 4);
});

const skipDovecot =
  (await whyNoDovecot()) ||
  ((await readdir("/usr/lib/dovecot").catch((): string[] => [])).includes("lmtp") ||
  process.env["CI"]
    ? false
    : "dovecot-lmtpd is not installed");

test(
  "Dovecot gets mail by LMTP, and answers for each recipient",
  { skip: skipDovecot },
  async (t) => {
    const port = await freePort();
    const dovecot = await startDovecot(t, {
      users: { "ann@example.net": "x", "bob@example.net": "x" },
      extra: `
protocols = imap pop3 lmtp
mail_plugins = quota
protocol lmtp {
  mail_plugins = quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=20K
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}`,
    });
    const socket = join(dovecot.folder, "run", "lmtp");
    const server = await startBailiwick(t, {
      configuration: {
        relay,
        queue,
        domains: { "example.net": { "relay-to": `unix:${socket}` } },
        routes: [{ to: "*", via: `127.0.0.1:${port}`, protocol: "lmtp" }],
      },
    });
    const large = `Subject: Large\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(200)}`;
    const filling = { from: "app@example.org", to: ["bob@example.net"], content: large };
    await sendLetter(server.address, filling);
    await attemptFor(server, "bob@example.net", "delivered");
    const to = ["ann@example.net", "no@example.net", "bob@example.net"];
    const said = await sendLetter(server.address, { from: "app@example.org", to, content: large });
    assert.match(said.recipients[1] ?? "", /^550 5\.1\.1 /, "Dovecot was asked while we waited");
    const ann = await attemptFor(server, "ann@example.net", "delivered");
    assert.equal(ann["peer"], socket);
    assert.match(String(ann["said"]), /^250 2\.0\.0 <ann@example\.net> .* Saved$/);
    const full = await server.untilLogged(
      ({ event, ...entry }) =>
        event === "attempt" &&
        entry["recipient"] === "bob@example.net" &&
        entry["state"] === "failed",
    );
    assert.match(String(full["said"]), /^552 5\.2\.2 .*Quota exceeded/);
    const messages = await dovecot.doveadm("search", "-u", "ann@example.net", "all");
    assert.equal(messages.stdout.trim().split("\n").length, 1, messages.stderr);

    await send(server, "app@example.org", "nobody@elsewhere.example");
    const overTcp = await attemptFor(server, "nobody@elsewhere.example", "failed");
    assert.equal(overTcp["peer"], `127.0.0.1 (127.0.0.1:${port})`);
  },
);

const providerRoute = (port: number, oauth2: object) => ({
  via: `localhost:${port}`,
  source: "127.0.0.5",
  login: { user: "relay@example.org", oauth2 },
});

const skipPostfix =
  (process.env["CI"] === undefined && !postfix.availability().available && "no Postfix") ||
  (await whyMissing("dovecot"));

test(
  "a provider is logged in to with tokens, from an address of ours",
  { skip: skipPostfix },
  async (t) => {
    const authority = makeAuthority("Test Authority");
    const certificate = authority.issue({ names: ["localhost"] });
    const tokens = await startTokenEndpoint(t, certificate);
    // What Dovecot asks about a token.
    const info = await startTokenEndpoint(t);
    const good = new Set<string>();
    info.answer = (request, response) => {
      const token = new URL(request.url ?? "", info.url).searchParams.get("access_token") ?? "";
      response.statusCode = good.has(token) ? 200 : 401;
      response.end(JSON.stringify(good.has(token) ? { sub: "relay@example.org" } : {}));
    };
    const workspace = openWorkspace();
    t.after(() => workspace.close());
    const dovecot = await startDovecotTokens(workspace, `${info.url}?access_token=`);
    const sink = await startSink(t);
    const folder = workspace.folder("files");
    const write = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const chain = await write("chain.pem", certificate.key + certificate.cert);
    const ports = { oauthbearer: await freePort(), xoauth2: await freePort() };
    const services = Object.entries(ports).map(
      ([mechanism, port]) =>
        `127.0.0.1:${port} inet n - n - - smtpd -o smtpd_sasl_mechanism_filter=${mechanism}`,
    );
    const changes = {
      smtpd_tls_security_level: "encrypt",
      smtpd_tls_chain_files: chain,
      smtpd_sasl_auth_enable: "yes",
      smtpd_sasl_type: "dovecot",
      smtpd_sasl_path: `inet:127.0.0.1:${dovecot}`,
      smtpd_relay_restrictions: "permit_sasl_authenticated, reject",
    };
    const provider = await startPostfix(
      { workspace, sink: { host: "127.0.0.1", port: sink.endpoint.port } },
      changes,
      ["tlsmgr unix - - n 1000? 1 tlsmgr", ...services],
    );
    t.after(() => provider.stop());

    const refreshToken = await write("refresh", "first\n");
    const oauth2 = {
      "token-url": tokens.url,
      "client-id": "bailiwick",
      "client-secret-file": await write("client", "our secret\n"),
      scope: "https://outlook.office365.com/.default",
    };
    const rotating = { ...oauth2, "refresh-token-file": refreshToken };
    const server = await startBailiwick(t, {
      env: { SSL_CERT_FILE: await write("authority.pem", authority.cert) },
      configuration: {
        relay,
        queue,
        routes: [
          { to: "old.example", ...providerRoute(ports.xoauth2, rotating) },
          {
            to: "stranger.example",
            ...providerRoute(ports.oauthbearer, { ...oauth2, "client-id": "stranger" }),
          },
          { to: "*", ...providerRoute(ports.oauthbearer, oauth2) },
        ],
      },
    });

    await t.test(
      "which the authority refuses: the mail waits, and the queue says why",
      async () => {
        tokens.answer = (_, response) => {
          response.statusCode = 401;
          const text = "our secret is not known here";
          response.end(JSON.stringify({ error: "invalid_client", error_description: text }));
        };
        await send(server, "ann@example.org", "early@other.example");
        const { said } = await attemptFor(server, "early@other.example", "deferred");
        assert.equal(
          said,
          `4.7.0 no access token from ${tokens.url}: status 401: invalid_client: … is not known here`,
        );
        await callOperation(server, "queueFlush", null);
        const again = await secondAttemptFor(server, "early@other.example");
        assert.match(String(again["said"]), /asked again in a minute, or when its secret changes/);
        assert.equal(tokens.asked.length, 1);
        tokens.answer = undefined;
        // Another secret is tried at once.
        await write("client", "another secret\n");
      },
    );

    await t.test("which Dovecot takes by OAUTHBEARER", async () => {
      good.add("token-2");
      await send(server, "ann@example.org", "bob@other.example");
      await callOperation(server, "queueFlush", null);
      await attemptFor(server, "bob@other.example", "delivered");
      await sink.untilFor("bob@other.example");
      assert.equal(tokens.asked.at(-1)?.["client_secret"], "another secret");
      assert.equal(tokens.asked.at(-1)?.["grant_type"], "client_credentials");
      await waitUntil("Postfix has logged it", () =>
        /\[127\.0\.0\.5\].*sasl_method=OAUTHBEARER, sasl_username=relay@example\.org/.test(
          provider.log(),
        ),
      );
    });

    await t.test("one token for all connections", async () => {
      const before = tokens.asked.length;
      await send(server, "ann@example.org", "carol@other.example");
      await attemptFor(server, "carol@other.example", "delivered");
      assert.equal(tokens.asked.length, before);
    });

    await t.test("by XOAUTH2, with a refresh token that a new one takes the place of", async () => {
      tokens.answer = (_, response) => {
        const token = { access_token: "by-refresh", token_type: "Bearer", expires_in: 3600 };
        response.end(JSON.stringify({ ...token, refresh_token: "second" }));
      };
      good.add("by-refresh");
      await send(server, "ann@example.org", "bob@old.example");
      await attemptFor(server, "bob@old.example", "delivered");
      assert.equal(tokens.asked.at(-1)?.["refresh_token"], "first");
      assert.equal(await readFile(refreshToken, "utf8"), "second\n");
      await waitUntil("Postfix has logged it", () =>
        /sasl_method=XOAUTH2, sasl_username=relay@example\.org/.test(provider.log()),
      );
    });

    await t.test(
      "which Dovecot refuses: the mail waits, and the host is left in peace",
      async () => {
        tokens.answer = undefined;
        await send(server, "ann@example.org", "bob@stranger.example");
        const first = await attemptFor(server, "bob@stranger.example", "deferred");
        assert.match(String(first["said"]), /^535 5\.7\.8 /);
        await server.untilLogged(({ event }) => event === "login-refused");
        const before = provider.log().length;
        await callOperation(server, "queueFlush", null);
        const second = await secondAttemptFor(server, "bob@stranger.example");
        assert.match(String(second["said"]), /the login was refused, and is not tried again for/);
        assert.ok(!/SASL/.test(provider.log().slice(before)), "and Postfix hears no more of it");
      },
    );

    await t.test("and no secret is in the log", () => {
      const log = JSON.stringify(server.log);
      for (const secret of ["our secret", "another secret", "token-2", "by-refresh", "second"]) {
        assert.ok(!log.includes(secret), secret);
      }
    });
  },
);
