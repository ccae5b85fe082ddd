// Facts of others: DNS servers, mail hosts, smart hosts. All of them on loopback.

import assert from "node:assert/strict";
import { createSecureContext } from "node:tls";
import { suite, test } from "node:test";
import { makeAuthority } from "../../../test/support/certificates.ts";
import { startDns } from "../../../test/support/dns.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { modern, startSink } from "../../../test/support/sink.ts";
import { createResolver } from "../dns/resolver.ts";
import { DialogError } from "../relay-test/dialog.ts";
import { systemClock } from "../process/clock.ts";
import { askResolvers } from "./ask-resolvers.ts";
import { askOffer, type OfferOptions } from "./smtp-offer.ts";
import { tryOutbound } from "./try-outbound.ts";

const { signal } = new AbortController();

suite("DNS servers", () => {
  test("answer, refuse, or are silent, each by itself and in bounded time", async (t) => {
    const zones = [
      { "": { signed: true } },
      { "": { fault: "REFUSED" } },
      { "": { fault: "silence" } },
    ] as const;
    const all = await Promise.all(zones.map((zone) => startDns(zone)));
    t.after(() => Promise.all(all.map((dns) => dns.close())));
    const dead = { host: "127.0.0.1", port: await freePort() };
    const servers = [...all.map(({ endpoint }) => endpoint), dead];
    const began = performance.now();
    const { elapsed } = systemClock;
    const found = await askResolvers({ servers, timeout: 500, elapsed, signal });
    assert.ok(performance.now() - began < 3_000);
    const [signed, refusing, silent, gone] = found.map(({ answer }) => answer);
    assert.ok(signed?.kind === "answers" && signed.validates && signed.latency < 500);
    assert.match(refusing?.kind === "silent" ? refusing.why : "", /REFUSED/);
    assert.match(silent?.kind === "silent" ? silent.why : "", /did not answer in time/);
    assert.match(gone?.kind === "silent" ? gone.why : "", /no DNS server is running at/);
  });
});

suite("a mail host of others", () => {
  test("is found by its domain and greeted, and nothing is sent", async (t) => {
    const sink = await startSink(t);
    const dns = await startDns({
      "big.example": { MX: [[10, "mx.big.example"]] },
      "mx.big.example": { A: ["127.0.0.1"] },
      "none.example": { MX: [[0, "."]] },
    });
    t.after(() => dns.close());
    const resolver = createResolver({
      servers: [dns.endpoint],
      now: systemClock.elapsed,
      timeout: 500,
      tries: 1,
      concurrency: 5,
    });
    const greet = (domain: string, port: number) =>
      tryOutbound({ domain, port, resolver, timeLimit: 1_000, signal });
    const found = await greet("big.example", sink.endpoint.port);
    assert.ok(found.kind === "greeted" && found.host === "mx.big.example");
    assert.match(found.greeting, /^220 /);
    const closed = await greet("big.example", await freePort());
    assert.match(closed.kind === "not-reached" ? closed.said : "", /refused the connection/);
    assert.equal((await greet("none.example", 25)).kind, "unknown");
    assert.deepEqual(sink.messages, []);
  });
});

suite("a smart host", () => {
  const authority = makeAuthority("Test authority");
  const issued = authority.issue({ names: ["smtp.example"] });
  const authorities = createSecureContext({ ca: authority.cert });

  function optionsFor(port: number, changes: Partial<OfferOptions> = {}): OfferOptions {
    return {
      host: { host: "smtp.example", port },
      address: "127.0.0.1",
      hostname: "mail.example.org",
      implicitTls: false,
      wantsTls: true,
      authorities,
      timeLimit: 1_000,
      signal,
      clock: systemClock,
      ...changes,
    };
  }

  test("shows what it offers once TLS is up, and whether its certificate is right", async (t) => {
    const offers = [...modern, "AUTH PLAIN"];
    const { port } = (await startSink(t, { offers, tls: issued })).endpoint;
    assert.deepEqual(await askOffer(optionsFor(port)), {
      tls: { kind: "up", doubt: undefined },
      auth: ["PLAIN"],
      isLoopback: true,
    });
    const other = { host: { host: "other.example", port } };
    const { tls } = await askOffer(optionsFor(port, other));
    assert.match(tls.kind === "up" ? (tls.doubt ?? "") : "", /other\.example/);
  });

  test("without TLS says so", async (t) => {
    const { port } = (await startSink(t)).endpoint;
    const { tls, auth } = await askOffer(optionsFor(port));
    assert.deepEqual({ tls, auth }, { tls: { kind: "not-offered" }, auth: [] });
    const early = await askOffer(optionsFor(port, { implicitTls: true }));
    assert.equal(early.tls.kind, "failed");
  });

  test("that turns us away or is not there is told", async (t) => {
    const sink = await startSink(t, {
      script: ({ stage }) => (stage === "greeting" ? "554 No" : undefined),
    });
    await assert.rejects(askOffer(optionsFor(sink.endpoint.port)), DialogError);
    await assert.rejects(askOffer(optionsFor(await freePort())), /refused the connection/);
  });
});
