// `bailiwick relay-test` against real servers: ours, which has no hole, and Postfix, closed and open.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { postfix, startPostfix } from "../../bench/servers/postfix.ts";
import { openWorkspace } from "../../bench/workspace.ts";
import { addAccounts } from "../support/mailbox.ts";
import { type Endpoint, runBailiwick, startBailiwick } from "../support/server.ts";
import { startSink } from "../support/sink.ts";

const peer = postfix.availability();
const skip = !peer.available && process.env["CI"] === undefined && `Postfix: ${peer.why}`;

function relayTest({ host, port }: Endpoint, ...words: readonly string[]) {
  const server = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return runBailiwick(["relay-test", server, ...words]);
}

/** For thousands of forms from one client. */
const limits = {
  "refused-recipients": 100_000,
  "connection-rate": "none",
  guessing: { allow: ["127.0.0.0/8", "::1"] },
};

test("ours has no hole, on any listener, in any context", async (t) => {
  const gateway = await startSink(t);
  const outside = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      listeners: {
        mx: { role: "mx", listen: ["127.0.0.1:0"] },
        six: { role: "mx", listen: ["[::1]:0"] },
      },
      postmaster: "alice@example.org",
      relay: { networks: ["127.0.0.9", "10.0.0.0/8"] },
      domains: {
        "example.org": { deliver: "mailboxes" },
        "example.net": { "relay-to": gateway.name },
      },
      routes: [{ to: "*", via: outside.name }],
      limits,
    },
  });
  await addAccounts(server, "alice@example.org");
  for (const listener of server.listeners) {
    const found = await relayTest(listener, "--local", "alice@example.org");
    assert.equal(found.code, 0, found.stdout);
    assert.match(found.stdout, /^No hole found: all \d{4} forms were refused\.$/m);
    assert.equal(found.stderr, "");
  }
  assert.equal(outside.connections + gateway.connections, 0);
});

test("nor has ours in a domain that it relays for, whose gateway trusts it", async (t) => {
  const server = await startBailiwick(t, {
    configuration: { domains: { "example.net": { "relay-to": "127.0.0.1:9" } }, limits },
  });
  const found = await relayTest(server.address, "--local", "somebody@example.net");
  assert.equal(found.code, 0, found.stdout);
  assert.match(found.stdout, /^No hole found: all \d{4} forms were refused\.$/m);
});

test("ours, told to relay for the tester, is found to", async (t) => {
  const server = await startBailiwick(t, {
    configuration: { relay: { networks: ["127.0.0.1"] }, limits },
  });
  const found = await relayTest(server.address);
  assert.equal(found.code, 1, found.stdout);
  assert.match(found.stdout, /^ {2}HOLE +from anybody but .* to <v@X> +250 2\.1\.5 /m);
  assert.match(found.stdout, /relays for 127\.0\.0\.1, from where this test ran/);
});

test("who asks for more than one host, or for none that is there, is told so", async () => {
  for (const [words, code, said] of [
    ["one.example two.example", 2, /too many arguments/],
    ["one.example,two.example", 2, /does not fit here; write a host/],
    ["192.0.2.0/24", 2, /does not fit here; write a host/],
    ["::1", 2, /needs brackets/],
    ["127.0.0.1 --foreign me", 2, /Expected a plain address/],
    ["127.0.0.1 --deliver a@x.example --foreign b@x.example", 2, /cannot be used with/],
    ["127.0.0.1 --deliver a@x.example --local b@x.example", 2, /at once/],
    ["127.0.0.1 --pause 5", 2, /such as 90s/],
    [
      "127.0.0.1:1",
      75,
      /^bailiwick: 127\.0\.0\.1:1 could not be tested: .* refused the connection/,
    ],
  ] as const) {
    const found = await runBailiwick(["relay-test", ...words.split(" ")]);
    assert.equal(found.code, code, `${words}: ${found.stderr}`);
    assert.match(found.stderr, said);
    assert.equal(found.stdout, "");
  }
});

/** What Debian sets up: strangers are put off, not refused. */
const closed = {
  mynetworks: "192.0.2.1/32",
  mydestination: "example.org, bench.example",
  local_recipient_maps: "inline:{alice=here}",
  smtpd_relay_restrictions:
    "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
};

test("Postfix as Debian sets it up has no hole", { skip }, async (t) => {
  const address = await startPeer(t, closed);
  const found = await relayTest(address, "--local", "alice@example.org");
  assert.equal(found.code, 0, found.stdout);
  assert.match(found.stdout, /^No hole found: /m);
});

test("Postfix that trusts the world has all of them", { skip }, async (t) => {
  const address = await startPeer(t, { ...closed, mynetworks: "0.0.0.0/0" });
  const found = await relayTest(address, "--local", "alice@example.org", "--json");
  assert.equal(found.code, 1, found.stdout);
  const holes = holesIn(found.stdout);
  for (const form of ["<v@X>", "v@X", "<@H:v@X>", "<v%X@H>", "<X!v@H>", "<v%X>", '<"v@X">']) {
    assert.ok(holes.has(form), `${form} in ${[...holes].join(" ")}`);
  }
});

test("Postfix that trusts a sender's name is found by that sender", { skip }, async (t) => {
  const address = await startPeer(t, {
    ...closed,
    smtpd_relay_restrictions:
      "check_sender_access inline:{{alice@example.org = permit}}, reject_unauth_destination",
  });
  const found = await relayTest(address, "--local", "alice@example.org");
  assert.equal(found.code, 1, found.stdout);
  assert.match(found.stdout, /^ {2}HOLE +from <U@L> +to <v@X> /m);
  assert.match(found.stdout, /Anybody can write any\s+sender/);
});

test("--deliver shows a route through a gateway that trusts the server", { skip }, async (t) => {
  const world = await startSink(t);
  const trusting = { ...closed, mynetworks: "127.0.0.0/8", mydestination: "example.net" };
  const gateway = await startPeer(t, trusting, world.endpoint.port);
  const careless = { ...closed, relay_domains: "example.net", allow_untrusted_routing: "yes" };
  const front = await startPeer(t, careless, gateway.port);
  const words = ["--local", "alice@example.net", "--deliver", "victim@elsewhere.example"];
  const found = await relayTest(front, ...words);
  assert.equal(found.code, 75, found.stdout);
  assert.match(found.stdout, /^ {2}taken .* to <v%X@L> .*; to the message: 250 2\.0\.0 /m);
  assert.match(found.stdout, /Look into the mailbox of victim@elsewhere\.example/);
  const { content } = await world.untilFor("victim@elsewhere.example");
  assert.match(content.toString(), /^Subject: Relay test of 127\.0\.0\.1:\d+: <.*@L> from /m);
});

/** @param next the port on loopback where its outgoing mail goes; by default nobody listens there. */
async function startPeer(
  t: TestContext,
  changes: Readonly<Record<string, string>>,
  next = 9,
): Promise<Endpoint> {
  const workspace = openWorkspace();
  const sink = { host: "127.0.0.1", port: next } as const;
  const starting = startPostfix({ workspace, sink }, changes);
  t.after(async () => {
    await starting.then((server) => server.stop()).finally(() => workspace.close());
  });
  return (await starting).address;
}

interface Printed {
  readonly contexts: readonly {
    readonly forms: readonly { readonly recipient: string; readonly outcome: string }[];
  }[];
}

function holesIn(json: string): ReadonlySet<string> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the program prints
  const { contexts } = JSON.parse(json) as Printed;
  const forms = contexts.flatMap((context) => context.forms);
  return new Set(
    forms.filter(({ outcome }) => outcome === "hole").map(({ recipient }) => recipient),
  );
}
