// What each level of `tls` does with what hosts are like.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { type Sink, type SinkOptions, startSink } from "../../support/sink.ts";
import { authority, certified, protectedBy, startRelay, verified } from "./world.ts";

const noTls: SinkOptions = {};
const selfSigned: SinkOptions = { tls: makeAuthority("self") };
const otherName: SinkOptions = { tls: authority.issue({ names: ["other.example"] }) };
const expired: SinkOptions = { tls: authority.issue({ names: ["localhost"], from: -9, to: -2 }) };
const unknown: SinkOptions = { tls: makeAuthority("Nobody").issue({ names: ["localhost"] }) };
const good: SinkOptions = { tls: certified };

interface Case {
  readonly what: string;
  readonly sink: SinkOptions;
  readonly route?: Readonly<Record<string, unknown>>;
  readonly state: "delivered" | "deferred";
  readonly said?: RegExp;
  readonly protection: RegExp;
}

const { authorities } = verified;
const cases: readonly Case[] = [
  {
    what: "by default, a host without TLS gets its mail in the clear",
    sink: noTls,
    state: "delivered",
    protection: /^clear: the host offers no STARTTLS$/,
  },
  {
    what: "by default, any certificate will do",
    sink: selfSigned,
    state: "delivered",
    protection: /^not verified: the certificate is self-signed; it is for .*, not for localhost$/,
  },
  {
    what: "by default, a good certificate is seen all the same",
    sink: good,
    route: { authorities },
    state: "delivered",
    protection: /^verified$/,
  },
  {
    what: "off: not even if the host could",
    sink: good,
    route: { tls: "off" },
    state: "delivered",
    protection: /^clear: TLS is off for this host$/,
  },
  {
    what: "required: a host without TLS gets nothing",
    sink: noTls,
    route: { tls: "required" },
    state: "deferred",
    said: /^4\.7\.4 TLS is required here, but the host offers no STARTTLS$/,
    protection: /^clear: the host offers no STARTTLS$/,
  },
  {
    what: "required: any certificate will do",
    sink: expired,
    route: { tls: "required", authorities },
    state: "delivered",
    protection: /^not verified: the certificate expired on \d{4}-\d\d-\d\d$/,
  },
  {
    what: "verified: a good certificate",
    sink: good,
    route: verified,
    state: "delivered",
    protection: /^verified$/,
  },
  {
    what: "verified: by this machine's authorities, which do not know this one",
    sink: good,
    route: { tls: "verified" },
    state: "deferred",
    said: /^4\.7\.5 the certificate comes from an authority that is not trusted here \(CN=Test Authority\)$/,
    protection: /^not verified: /,
  },
  {
    what: "verified: another name",
    sink: otherName,
    route: verified,
    state: "deferred",
    said: /^4\.7\.5 the certificate is for other\.example, not for localhost$/,
    protection: /^not verified: /,
  },
  {
    what: "verified: expired",
    sink: expired,
    route: verified,
    state: "deferred",
    said: /^4\.7\.5 the certificate expired on \d{4}-\d\d-\d\d$/,
    protection: /^not verified: /,
  },
  {
    what: "verified: self-signed",
    sink: selfSigned,
    route: verified,
    state: "deferred",
    said: /^4\.7\.5 the certificate is self-signed; /,
    protection: /^not verified: /,
  },
  {
    what: "verified: unknown authority",
    sink: unknown,
    route: verified,
    state: "deferred",
    said: /^4\.7\.5 the certificate comes from an authority that is not trusted here \(CN=Nobody\)$/,
    protection: /^not verified: /,
  },
  {
    what: "TLS from the first octet",
    sink: { tls: { ...certified, implicit: true } },
    route: { ...verified, "implicit-tls": true },
    state: "delivered",
    protection: /^verified$/,
  },
];

const domainOf = (index: number) => `d${index}.example`;

test("what a route wants of TLS", async (t) => {
  const sinks: Sink[] = [];
  for (const { sink } of cases) sinks.push(await startSink(t, sink));
  const hosts = cases.map(({ route = {} }, index) => {
    const { port } = sinks[index]!.endpoint;
    return [domainOf(index), { port, route }] as const;
  });
  const relay = await startRelay(t, Object.fromEntries(hosts));
  for (const [index, { what, state, said, protection }] of cases.entries()) {
    await t.test(what, async () => {
      const sink = sinks[index]!;
      await relay.send(domainOf(index));
      const [attempt] = await relay.attempts(1, domainOf(index));
      assert.equal(attempt?.state, state, attempt?.said);
      assert.match(protectedBy(attempt), protection);
      if (said !== undefined) assert.match(attempt.said, said);
      const isClear = protection.source.startsWith("^clear");
      if (state === "delivered") assert.equal(sink.messages[0]?.tls === "", isClear);
      else assert.deepEqual(sink.messages, []);
    });
  }
});

test("the queue tells of each attempt how it was protected, and a certificate that is mended lets the mail go", async (t) => {
  const bad = await startSink(t, otherName);
  const { port } = bad.endpoint;
  const relay = await startRelay(t, { "*": { port, route: verified } });
  await relay.send();
  await relay.attempts();
  const listed = await relay.server.run("queue", "list");
  assert.match(listed.stdout, /the certificate is for other\.example, not for localhost/);
  const [id = ""] = /^[0-9a-z]{11}/m.exec(listed.stdout) ?? [];
  const shown = await relay.server.run("queue", "show", id);
  assert.match(
    shown.stdout,
    /TLSv1\.3 TLS_[A-Z0-9_]+, not verified: the certificate is\s+for other/,
  );
  const asJson: unknown = JSON.parse(
    (await relay.server.run("queue", "show", id, "--json")).stdout,
  );
  assert.ok(typeof asJson === "object" && asJson !== null && "attempts" in asJson);
  assert.ok(Array.isArray(asJson.attempts));
  const { protection } = asJson.attempts[0];
  assert.deepEqual(
    { ...protection, cipher: "" },
    {
      kind: "tls",
      protocol: "TLSv1.3",
      cipher: "",
      verified: false,
      why: "the certificate is for other.example, not for localhost",
      flaw: "certificate-host-mismatch",
    },
  );
  await bad.close();
  const mended = await startSink(t, { ...good, port });
  await relay.server.run("queue", "retry", "--all");
  await mended.untilFor("bob@elsewhere.example");
  const attempts = await relay.attempts(2);
  assert.equal(protectedBy(attempts[1]), "verified");
});

test("connections are kept under TLS, and a session goes on in the next one", async (t) => {
  const sink = await startSink(t, good);
  const relay = await startRelay(t, { "*": { port: sink.endpoint.port, route: verified } });
  for (let message = 1; message <= 5; message++) {
    await relay.send();
    await sink.until(message);
  }
  assert.equal(sink.connections, 1);
  await relay.server.untilLogged(() => sink.open === 0);
  await relay.send();
  await sink.until(6);
  assert.deepEqual(sink.handshakes, { done: 2, reused: 1 });
  assert.equal(protectedBy((await relay.attempts(6))[5]), "verified");
});

test("a domain that is handed on says what it wants, too", async (t) => {
  const sink = await startSink(t, selfSigned);
  const { port } = sink.endpoint;
  const domain = { "relay-to": `localhost:${port}`, tls: "verified" };
  const relay = await startRelay(t, {}, { domains: { "elsewhere.example": domain } });
  await relay.send();
  const [attempt] = await relay.attempts();
  assert.match(attempt?.said ?? "", /^4\.7\.5 the certificate is self-signed/);
});
