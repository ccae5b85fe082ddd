import assert from "node:assert/strict";
import { test } from "node:test";
import type { DomainSettings } from "../../core/config/settings.ts";
import type {
  NextHost,
  RouteSettings,
  TransportSettings,
} from "../../core/config/transport-settings.ts";
import type { QueuedRecipient } from "../../core/queue/message.ts";
import { paceKey, type Target, targetKey, targetName, targetOf } from "./target.ts";

const place = { file: "b.yaml", line: 1, column: 1 };
const via = [[{ host: "192.0.2.1", port: 25 }]];
const transport: TransportSettings = { tls: "opportunistic", implicitTls: false };
const routes: readonly RouteSettings[] = [{ to: "*", via, transport, place }];
const ordinary = { sender: null } as const;

const mute: DomainSettings = { name: "news.example", deliver: { to: "none" }, place };
const directory = { domain: (name: string) => (name === mute.name ? mute : undefined) };

function recipientAt(domain: string, kind: QueuedRecipient["kind"] = "relay"): QueuedRecipient {
  return { index: 0, kind, address: { local: "app", domain }, attempts: 0, waited: 0 };
}

const through = { kind: "via", hosts: via, transport, requireTls: false } as const;
const to = (domain: string) => targetOf(recipientAt(domain), ordinary, directory, routes);

test("a domain that only sends gets no notices either, whatever the routes say", () => {
  assert.deepEqual(to("news.example"), {
    kind: "nowhere",
    status: "5.1.2",
    why: "news.example only sends; no mail for it is taken",
  });
  assert.deepEqual(to("other.example"), through);
});

const sender = { local: "ann", domain: "example.org" };
const strict = { sender, tlsWish: "required" } as const;

test("what is wanted of TLS is known to the way", () => {
  const routed = targetOf(recipientAt("other.example"), strict, directory, routes);
  assert.deepEqual(routed, { ...through, requireTls: true });
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
  const base: Target = through;
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
    ...([undefined, "required", "optional"] as const).map((wish): Target => ({
      kind: "mx",
      domain: "other.example",
      wish,
    })),
    {
      ...base,
      transport: {
        ...transport,
        login: { user: "u", oauth2: { tokenUrl: "https://a.example/", clientId: "c" } },
      },
    },
    { ...base, transport: { ...transport, protocol: "lmtp" } },
    { ...base, hosts: [[{ host: "192.0.2.1", port: 26 }]] },
    { ...base, hosts: [...via, [{ host: "192.0.2.2", port: 25 }]] },
    { ...base, hosts: [[...via.flat(), { host: "192.0.2.2", port: 25 }]] },
    { ...base, hosts: [[{ socket: "/run/lmtp" }]] },
    { ...base, leaving: { sources: { ipv4: "192.0.2.9" } } },
    { ...base, leaving: { sources: { ipv6: "2001:db8::9" } } },
    { ...base, leaving: { bounds: { connections: 1 } } },
    { ...base, leaving: { bounds: { rate: { amount: 1, period: 1 } } } },
    { ...base, leaving: { bounds: { rate: undefined } } },
    { kind: "mx", domain: "a.example", wish: undefined },
    {
      kind: "mx",
      domain: "a.example",
      wish: undefined,
      leaving: { sources: { ipv4: "192.0.2.9" } },
    },
  ];
  assert.equal(new Set(targets.map(targetKey)).size, targets.length);
});

test("the first route that fits counts, with all of its keys", () => {
  const way = (port: number) => ({
    via: [[{ host: "192.0.2.1", port }]],
    transport,
    place,
  });
  const own = { bounds: { connections: 2 } };
  const all: readonly RouteSettings[] = [
    { to: "partner.example", from: "example.org", ...way(1) },
    { to: "direct.example", via: "mx", leaving: own, place },
    { to: "*", account: "app@example.org", ...way(2) },
    { to: "*", from: "<>", ...way(3) },
    { to: "*", from: ".example.org", ...way(4) },
  ];
  const portOf = (domain: string, message: Parameters<typeof targetOf>[1]) => {
    const target = targetOf(recipientAt(domain), message, directory, all);
    const [host] = target.kind === "via" ? target.hosts.flat() : [];
    return host !== undefined && "port" in host ? host.port : target;
  };
  const login = "app@example.org";
  const fromBelow = { local: "ann", domain: "news.example.org" };
  assert.equal(portOf("partner.example", { sender, login }), 1);
  assert.equal(portOf("partner.example", { sender: fromBelow, login }), 2);
  assert.equal(portOf("partner.example", { sender: fromBelow }), 4);
  assert.equal(portOf("other.example", { sender: null }), 3);
  assert.deepEqual(portOf("direct.example", { sender, login }), {
    kind: "mx",
    domain: "direct.example",
    wish: undefined,
    leaving: own,
  });
  assert.deepEqual(portOf("other.example", { sender }), {
    kind: "mx",
    domain: "other.example",
    wish: undefined,
  });
});

test("mail for an address literal does not slip past by an exception", () => {
  const exception: readonly RouteSettings[] = [{ to: "*", via: "mx", place }];
  assert.equal(
    targetOf(recipientAt("[192.0.2.1]"), ordinary, directory, exception).kind,
    "nowhere",
  );
});

test("REQUIRETLS asks nothing of what keeps the mailboxes on this machine", () => {
  const lmtp = { ...transport, protocol: "lmtp" } as const;
  const deliver = (host: NextHost): DomainSettings => ({
    name: "ours.example",
    deliver: { to: "relay", via: [[host]], transport: lmtp, recipients: { kind: "all" } },
    place,
  });
  const requires = (host: NextHost) => {
    const own = { domain: () => deliver(host) };
    const target = targetOf(recipientAt("ours.example"), strict, own, []);
    return target.kind === "via" && target.requireTls;
  };
  assert.equal(requires({ socket: "/run/dovecot/lmtp" }), false);
  assert.equal(requires({ host: "127.0.0.1", port: 24 }), false);
  assert.equal(requires({ host: "192.0.2.1", port: 24 }), true);
});

test("messages are counted together whatever they want of TLS", () => {
  assert.equal(paceKey(through), paceKey({ ...through, requireTls: true }));
});

test("ways to the same host have names of their own", () => {
  const hosts = [[{ host: "smart.example", port: 587 }]];
  const base = { kind: "via", hosts, transport, requireTls: false } as const;
  const login = { user: "relay", password: { file: "/p" } };
  assert.equal(targetName(base), "smart.example:587");
  assert.equal(
    targetName({ ...base, transport: { ...transport, login } }),
    "smart.example:587 as relay",
  );
  const leaving = { sources: { ipv4: "192.0.2.7", ipv6: "2001:db8::7" } };
  assert.equal(
    targetName({ ...base, leaving }),
    "smart.example:587 from 192.0.2.7 and 2001:db8::7",
  );
});
