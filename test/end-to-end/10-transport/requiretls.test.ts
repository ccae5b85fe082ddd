// REQUIRETLS (RFC 8689) from a client through us to hosts that promise it, and to hosts that do not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { addAccounts, untilMail } from "../../support/mailbox.ts";
import { readReport } from "../../support/report.ts";
import type { TestServer } from "../../support/server.ts";
import { startSink } from "../../support/sink.ts";
import { connectSmtps, openSession, type SmtpClient } from "../../support/smtp-client.ts";
import { authority, certified, type Relay, sender, startRelay, verified } from "./world.ts";

const { authorities } = verified;
const promising = { tls: { ...certified, offers: ["REQUIRETLS"] } };
const content = "Subject: Secret\r\nX-Plan: nine\r\n\r\nThe body is nobody's business.\r\n";
const configuration = {
  domains: { "example.org": { deliver: "mailboxes" } },
  listeners: {
    mx: { role: "mx", listen: ["127.0.0.1:0"] },
    mxs: { role: "mx", listen: ["127.0.0.1:0"], tls: "implicit" },
  },
  // Nothing that the DNS names is signed.
  "mx-transport": { dane: "off", "mta-sts": "off" },
};

async function openSecure(server: TestServer): Promise<SmtpClient> {
  const listener = server.listeners.find(({ name }) => name === "mxs");
  assert.ok(listener !== undefined);
  const client = await connectSmtps(listener);
  assert.match(await client.reply(), /^220 /);
  assert.match(await client.expect("EHLO client.example", "250"), /^250[- ]REQUIRETLS$/m);
  return client;
}

async function require(server: TestServer, to: string, from = sender, text = content) {
  const client = await openSecure(server);
  const said = await client.send({ from, to: [to], content: text, parameters: "REQUIRETLS" });
  assert.match(said.content ?? "", /^250 /, JSON.stringify(said));
  client.destroy();
}

test("REQUIRETLS is for TLS alone", async (t) => {
  const { server } = await startRelay(t, {}, configuration);
  await addAccounts(server, sender);
  const client = await openSession(server.address);
  assert.doesNotMatch(await client.expect("EHLO client.example", "250"), /REQUIRETLS/);
  await client.expect(`MAIL FROM:<${sender}> REQUIRETLS`, "530 5.7.0");
  client.destroy();
  await require(server, sender);
  assert.equal((await untilMail(server, sender, 1)).length, 1, "mailboxes of ours are fine");
});

test("a message under REQUIRETLS", async (t) => {
  const keeps = await startSink(t, promising);
  const breaks = await startSink(t, { tls: certified });
  const clear = await startSink(t, { offers: ["REQUIRETLS"] });
  const stranger = await startSink(t, { tls: { ...makeAuthority("x"), offers: ["REQUIRETLS"] } });
  const old = await startSink(t, {
    tls: { ...certified, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" },
  });
  const route = { authorities };
  const relay = await startRelay(
    t,
    {
      "keeps.example": { port: keeps.endpoint.port, route },
      "breaks.example": { port: breaks.endpoint.port, route },
      "clear.example": { port: clear.endpoint.port, route },
      "stranger.example": { port: stranger.endpoint.port, route },
      "old.example": { port: old.endpoint.port, route },
      "off.example": { port: keeps.endpoint.port, route: { tls: "off" } },
    },
    configuration,
  );
  const { server } = relay;
  await addAccounts(server, sender);

  await t.test("goes to a host that promises to go on so, and is told of it", async () => {
    await require(server, "bob@keeps.example");
    const message = await keeps.untilFor("bob@keeps.example");
    assert.match(message.parameters, /(^| )REQUIRETLS$/);
    assert.equal(message.tls, "TLSv1.3");
  });

  await t.test("whatever its header says", async () => {
    await require(server, "h@keeps.example", sender, `TLS-Required: No\r\n${content}`);
    const message = await keeps.untilFor("h@keeps.example");
    assert.match(message.parameters, /(^| )REQUIRETLS$/);
  });

  await t.test("while other mail for the same host does not say it", async () => {
    await relay.send("keeps.example");
    const message = await keeps.untilFor("bob@keeps.example");
    assert.match(message.parameters, /REQUIRETLS/);
    const ordinary = (await keeps.until(3))[2];
    assert.doesNotMatch(ordinary?.parameters ?? "", /REQUIRETLS/);
  });

  const failures = [
    ["breaks.example", "5.7.30", /the host does not promise to go on so/],
    ["clear.example", "5.7.10", /the host offers no STARTTLS/],
    ["stranger.example", "5.7.10", /the certificate is self-signed/],
    ["old.example", "5.7.10", /no version of TLS in common/],
    ["off.example", "5.7.10", /TLS is off for this host/],
    ["looked-up.example", "5.7.10", /looked-up\.example is known from the DNS alone, unsigned/],
  ] as const;
  let notices = 0;
  for (const [domain, status, why] of failures) {
    await t.test(`comes back from ${domain}, with ${status}`, async () => {
      await require(server, `bob@${domain}`);
      const mail = await untilMail(server, sender, ++notices);
      const text = mail.find((each) => each.includes(`rfc822; bob@${domain}`)) ?? "";
      const report = readReport(text.slice(text.indexOf("From: Mail Delivery System")));
      assert.equal(report.recipients[0]?.get("status"), status);
      assert.match(report.recipients[0].get("diagnostic-code") ?? "", why);
      assert.match(report.original, /^X-Plan: nine$/m);
      assert.doesNotMatch(text, /nobody's business/, "RFC 8689 §5: as with RET=HDRS");
    });
  }
  for (const sink of [breaks, clear, stranger, old]) assert.deepEqual(sink.messages, []);
  assert.deepEqual(
    breaks.commands.filter((line) => line.startsWith("MAIL")),
    [],
  );
});

test("it waits for a host that is down, and is still under REQUIRETLS after a restart", async (t) => {
  const down = await startSink(t, promising);
  const { port } = down.endpoint;
  await down.close();
  const hosts = { "*": { port, route: { authorities } } };
  const first = await startRelay(t, hosts, configuration);
  await require(first.server, "bob@elsewhere.example");
  const [attempt] = await first.attempts();
  assert.equal(attempt?.state, "deferred");
  const listed = await first.server.run("queue", "list");
  const [id = ""] = /^[0-9a-z]{11}/m.exec(listed.stdout) ?? [];
  const shown = await first.server.run("queue", "show", id);
  assert.match(shown.stdout, /goes on under TLS alone, as its sender requires \(REQUIRETLS\)/);
  await first.server.kill();
  const up = await startSink(t, { ...promising, port });
  const { server } = await startRelay(t, hosts, configuration, first.server.folder);
  await server.run("queue", "retry", "--all");
  const message = await up.untilFor("bob@elsewhere.example");
  assert.match(message.parameters, /(^| )REQUIRETLS$/);
});

test("its bounces are under REQUIRETLS where the way back promises it, and go there all the same where not", async (t) => {
  const keeps = await startSink(t, promising);
  const plain = await startSink(t, {});
  const { server } = await startRelay(
    t,
    {
      "keeps.example": { port: keeps.endpoint.port, route: { authorities } },
      "plain.example": { port: plain.endpoint.port },
    },
    configuration,
  );
  await require(server, "bob@looked-up.example", "zoe@keeps.example");
  await require(server, "bob@looked-up.example", "zoe@plain.example");
  const back = await keeps.untilFor("zoe@keeps.example");
  assert.equal(back.sender, "");
  assert.match(back.parameters, /(^| )REQUIRETLS$/);
  const clear = await plain.untilFor("zoe@plain.example");
  assert.equal(clear.sender, "");
  assert.doesNotMatch(clear.parameters, /REQUIRETLS/);
});

test("TLS-Required: No is kept with the message, but an operator's own policy stays", async (t) => {
  const strange = await startSink(t, { tls: authority.issue({ names: ["other.example"] }) });
  const { port } = strange.endpoint;
  const relay: Relay = await startRelay(
    t,
    { "strict.example": { port, route: verified }, "lax.example": { port } },
    configuration,
  );
  await relay.send("strict.example", `TLS-Required: No\r\n${content}`);
  await relay.send("lax.example", `TLS-Required: No\r\n${content}`);
  const [strict] = await relay.attempts(1, "strict.example");
  assert.match(strict?.said ?? "", /^4\.7\.5 the certificate is for other\.example/);
  const message = await strange.untilFor("bob@lax.example");
  assert.match(message.content.toString(), /^TLS-Required: No\r$/m);
  assert.equal(message.tls, "TLSv1.3", "RFC 8689 §4.2.2: TLS where it can be had");
  const listed = await relay.server.run("queue", "list", "--json");
  const [id = ""] = /[0-9a-z]{11}/.exec(listed.stdout) ?? [];
  const shown = await relay.server.run("queue", "show", id);
  assert.match(shown.stdout, /whatever comes of TLS, as its sender asks \(TLS-Required: No\)/);
});
