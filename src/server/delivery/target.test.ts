import assert from "node:assert/strict";
import { test } from "node:test";
import type { DomainSettings, TransportSettings } from "../../core/config/settings.ts";
import type { QueuedRecipient } from "../../core/queue/message.ts";
import { type Target, targetKey, targetOf } from "./target.ts";

const place = { file: "b.yaml", line: 1, column: 1 };
const via = { host: "192.0.2.1", port: 25 };
const transport: TransportSettings = { tls: "opportunistic", implicitTls: false };
const routes = [{ to: "*", via, transport, place }];
const ordinary = { sender: null } as const;

const mute: DomainSettings = { name: "news.example", deliver: { to: "none" }, place };
const directory = { domain: (name: string) => (name === mute.name ? mute : undefined) };

function recipientAt(domain: string, kind: QueuedRecipient["kind"] = "relay"): QueuedRecipient {
  return { index: 0, kind, address: { local: "app", domain }, attempts: 0, waited: 0 };
}

const to = (domain: string) => targetOf(recipientAt(domain), ordinary, directory, routes);

test("a domain that only sends gets no notices either, whatever the routes say", () => {
  assert.deepEqual(to("news.example"), {
    kind: "nowhere",
    status: "5.1.2",
    why: "news.example only sends; no mail for it is taken",
  });
  assert.deepEqual(to("other.example"), { kind: "via", host: via, transport, requireTls: false });
});

const sender = { local: "ann", domain: "example.org" };
const strict = { sender, tlsWish: "required" } as const;

test("what is wanted of TLS is known to the way", () => {
  const through = targetOf(recipientAt("other.example"), strict, directory, routes);
  assert.deepEqual(through, { kind: "via", host: via, transport, requireTls: true });
  const looked = targetOf(recipientAt("other.example"), strict, directory, []);
  assert.deepEqual(looked, { kind: "mx", domain: "other.example", wish: "required" });
  const local = targetOf(recipientAt("example.org", "local"), strict, directory, []);
  assert.deepEqual(local, { kind: "mailbox" });
});

test("bounces of such mail go as any other", () => {
  for (const [message, wish] of [
    [{ ...strict, sender: null }, undefined],
    [{ sender, tlsWish: "optional" }, "optional"],
    [{ sender }, undefined],
  ] as const) {
    const target = targetOf(recipientAt("other.example"), message, directory, []);
    assert.deepEqual(target, { kind: "mx", domain: "other.example", wish });
  }
});

test("what wants different connections shares none", () => {
  const base: Target = { kind: "via", host: via, transport, requireTls: false };
  const login = { user: "u", password: { file: "/p" } };
  const targets: readonly Target[] = [
    base,
    { ...base, requireTls: true },
    ...(["off", "required", "verified"] as const).map((tls): Target => ({
      ...base,
      transport: { ...transport, tls },
    })),
    { ...base, transport: { ...transport, implicitTls: true } },
    { ...base, transport: { ...transport, authorities: "/ca.pem" } },
    { ...base, transport: { ...transport, login } },
    { ...base, transport: { ...transport, login: { ...login, user: "v" } } },
    { ...base, transport: { ...transport, login: { ...login, password: { file: "/q" } } } },
    { ...base, host: { ...via, port: 26 } },
    ...([undefined, "required", "optional"] as const).map((wish): Target => ({
      kind: "mx",
      domain: "other.example",
      wish,
    })),
  ];
  assert.equal(new Set(targets.map(targetKey)).size, targets.length);
});
