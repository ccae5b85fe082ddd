// Filters that speak the milter protocol: OpenDKIM, and one on libmilter, between the last octet of a
// message and our word that it is kept.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test, type TestContext } from "node:test";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { freePort } from "../support/free-port.ts";
import { startOpenDkim, startPythonFilter, whyNoMilters } from "../support/milters.ts";
import { startBailiwick } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";

const skip = await whyNoMilters();

const sender = "ann@example.org";
const letter = "From: <ann@example.org>\r\nSubject: Hello\r\n\r\nHello.\r\n.\r\n";

async function startWorld(
  t: TestContext,
  filters: readonly Readonly<Record<string, string>>[],
  more: Readonly<Record<string, unknown>> = {},
) {
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      routes: [{ to: "*", via: sink.name, tls: "off" }],
      filters,
      ...more,
    },
  });
  async function send(content: string | Uint8Array, to = "bob@elsewhere.example") {
    const session = await openSession(server.address);
    const { content: answer } = await session.send({ from: sender, to: [to], content });
    session.destroy();
    return answer ?? "";
  }
  return { sink, server, send };
}

test("OpenDKIM signs, and the signature verifies at the other side", { skip }, async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const milter = await startOpenDkim(t, {
    domain: "example.org",
    selector: "one",
    key: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  });
  const { sink, send } = await startWorld(t, [{ milter }]);
  assert.match(await send(letter), /^250 /);
  const { content } = await sink.untilFor("bob@elsewhere.example");
  assert.match(content.toString(), /^DKIM-Signature: v=1; .*d=example\.org/);
  const p = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const verified = await dkimVerify(content, {
    resolver: async (name: string) => {
      assert.equal(name, "one._domainkey.example.org");
      return [[`v=DKIM1; k=rsa; p=${p}`]];
    },
  });
  assert.deepEqual(
    verified.results.map(({ status }) => status.result),
    ["pass"],
  );
});

test("a filter on libmilter refuses, puts off, and adds fields", { skip }, async (t) => {
  const milter = await startPythonFilter(t);
  const { sink, server, send } = await startWorld(t, [{ milter, timeout: "3s" }]);
  assert.match(await send(letter), /^250 /);
  const { content } = await sink.untilFor("bob@elsewhere.example");
  assert.match(content.toString(), /^X-Filter: 11 octets of [0-9a-z]{11}\r\nX-Who: nobody\r\n/);

  assert.equal(await send("Subject: a\r\n\r\nEICAR\r\n"), "550 5.7.9 a virus: EICAR");
  assert.match(await send(letter, "later@elsewhere.example"), /^450.4\.7\.9 come back\n?/);
  await server.untilLogged(({ event, msg }) => event === "refused" && msg.includes("EICAR"));

  // Larger than any buffer on its way.
  const long = Buffer.concat([Buffer.from(letter), Buffer.alloc(8_000_000, "All of it.\r\n")]);
  assert.match(await send(long.subarray(0, -4), "long@elsewhere.example"), /^250 /);
  const arrived = await sink.untilFor("long@elsewhere.example", 30_000);
  assert.match(arrived.content.subarray(0, 100).toString(), /^X-Filter: 8\d{6} octets/);

  assert.match(
    await send("Subject: a\r\n\r\nSLEEP\r\n"),
    /^451 4\.7\.1 The message cannot be checked/,
  );
  const failed = await server.untilLogged(({ event }) => event === "filter-failed");
  assert.match(String(failed["why"]), /3 seconds|in time/);
});

test("a filter that is away stops mail, or does not", async (t) => {
  const away = `127.0.0.1:${await freePort()}`;
  const closed = await startWorld(t, [{ milter: away }]);
  assert.match(await closed.send(letter), /^451 4\.7\.1 The message cannot be checked now/);
  const open = await startWorld(t, [{ milter: away, fail: "open" }]);
  assert.match(await open.send(letter), /^250 /);
  const failed = await open.server.untilLogged(({ event }) => event === "filter-failed");
  assert.match(String(failed["why"]), /ECONNREFUSED/);
  await open.sink.untilFor("bob@elsewhere.example");
  const { stdout } = await open.server.run("check");
  assert.ok(stdout.includes(`to the filter ${away}; while it is away, that is taken all the same`));
});

test("what claims to be our filters' word does not come from outside", async (t) => {
  const away = `127.0.0.1:${await freePort()}`;
  const unverified = { authentication: { verify: false } };
  const { sink, send } = await startWorld(t, [{ milter: away, fail: "open" }], unverified);
  const forged = "Authentication-Results: mail.example.org; dmarc=pass (forged)\r\n";
  assert.match(await send(`${forged}${letter}`), /^250 /);
  const { content } = await sink.untilFor("bob@elsewhere.example");
  assert.doesNotMatch(content.toString(), /forged/);
});

test("filters for strangers see no mail of users", async (t) => {
  const away = `127.0.0.1:${await freePort()}`;
  const { send } = await startWorld(t, [{ milter: away, for: "strangers" }]);
  assert.match(await send(letter), /^250 /);
  const users = await startWorld(t, [{ milter: away, for: "users" }]);
  assert.match(await users.send(letter), /^451 /);
});
