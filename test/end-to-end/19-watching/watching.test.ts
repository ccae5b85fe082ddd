// One server through a short life: what was done to it stands in its metrics, in its log under the same
// ids, in what a watcher saw of its sessions, and in its history, which goes on after a restart.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { watchSessions } from "../../../src/app/control.ts";
import { parseIp } from "../../../src/core/mail/ip.ts";
import { makeCredentials } from "../../../src/io/password/credentials.ts";
import { digestOf, newToken } from "../../../src/server/admin/access/secrets.ts";
import { openStore } from "../../../src/io/store/open.ts";
import { callOperation } from "../../support/control.ts";
import { readExposition, valueOf } from "../../support/exposition.ts";
import { untilMail } from "../../support/mailbox.ts";
import { openPop3 } from "../../support/pop3-client.ts";
import { type Endpoint, startBailiwick, type TestServer } from "../../support/server.ts";
import { startSink } from "../../support/sink.ts";
import { openSession, sendLetter } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";

const friend = "127.0.0.2";
const stranger = "127.0.0.3";
const password = "correct horse battery staple";
const content = "From: alice@example.org\r\nSubject: hello\r\n\r\nThe secret plan.\r\n";
const program = fileURLToPath(new URL("../../../bin/bailiwick", import.meta.url));

let refusedId: string;
let messageId: string;

const clear = { listen: ["127.0.0.1:0"], "login-in-clear": "loopback" };
const sink = await startSink(
  { after },
  {
    script({ stage, address }) {
      if (stage !== "recipient") return undefined;
      if (address.startsWith("later")) return "451 4.2.1 come back";
      return address.startsWith("never") ? "550 5.1.1 nobody" : undefined;
    },
  },
);
let server: TestServer = await startBailiwick({ after }, { configuration: configuration() });
const credentials = await makeCredentials(password);
assert.ok(credentials.ok);
const alice = { local: "alice", domain: "example.org" };
await callOperation(server, "accountAdd", alice, credentials.value);

function configuration(more: object = {}) {
  return {
    listeners: {
      mx: { role: "mx", ...clear },
      pop3: { role: "pop3", ...clear },
      admin: { role: "admin", listen: ["127.0.0.1:0"] },
    },
    relay: { networks: [`${friend}/32`] },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: sink.name }],
    dns: { servers: ["127.0.0.1:1"] },
    admin: { metrics: "open" },
    ...more,
  };
}

function at(name: string): Endpoint {
  return server.listeners.find((listener) => listener.name === name) ?? assert.fail(name);
}

async function readMetrics() {
  const { host, port } = at("admin");
  const answer = await fetch(`http://${host}:${port}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const found = readExposition(await answer.text());
  return (name: string, labels?: Readonly<Record<string, string>>) =>
    valueOf(found, `bailiwick_${name}`, labels);
}

test("metrics tell what was done", async () => {
  const letter = { from: "ann@client.example", content };
  const relayed = ["bob@far.example", "later@far.example", "never@far.example"];
  const good = await sendLetter(at("mx"), { ...letter, to: relayed }, friend);
  messageId = /queued as (\S+)/.exec(good.content ?? "")?.[1] ?? assert.fail(good.content);
  await sendLetter(at("mx"), { ...letter, to: ["alice@example.org"] }, stranger);
  const refused = ["bob@far.example", "nobody@example.org", "eve@far.example"];
  const { recipients } = await sendLetter(at("mx"), { ...letter, to: refused }, stranger);
  refusedId = /\((\S+)\)$/.exec(recipients[0] ?? "")?.[1] ?? assert.fail(recipients[0]);
  await sink.untilFor("ann@client.example"); // the notice
  await untilMail(server, "alice@example.org", 1);

  const read = await waitUntil("all attempts are counted", async () => {
    const found = await readMetrics();
    const delivered = found("delivery_attempts_total", { kind: "relay", outcome: "delivered" });
    const local = found("delivery_attempts_total", { kind: "local", outcome: "delivered" });
    return delivered === 2 && local === 1 && found;
  });
  assert.equal(read("messages_accepted_total"), 2);
  assert.ok((read("messages_accepted_bytes_total") ?? 0) > 2 * content.length);
  const decided = (verdict: string, reason: string) =>
    read("decisions_total", { role: "mx", verdict, reason });
  assert.equal(decided("accept", "trusted-network"), 3);
  assert.equal(decided("accept", "local-recipient"), 1);
  assert.equal(decided("refuse", "relaying-denied"), 2);
  assert.equal(decided("refuse", "no-such-mailbox"), 1);
  const tried = (outcome: string) => read("delivery_attempts_total", { kind: "relay", outcome });
  assert.deepEqual([tried("deferred"), tried("failed")], [1, 1]);
  assert.equal(read("delivery_protection_total", { protection: "clear" }), 2);
  assert.equal(read("delivery_latency_seconds_count", { kind: "relay" }), 2);
  assert.equal(read("delivery_latency_seconds_count", { kind: "local" }), 1);
  assert.equal(read("connections_accepted_total", { role: "mx" }), 3);
  assert.ok((read("store_commit_seconds_count") ?? 0) >= 3);
  assert.equal(read("destinations_down"), 0);
  await waitUntil("the queue is counted anew", async () => {
    const found = await readMetrics();
    return found("queue_messages") === 1 && found("queue_recipients", { state: "waiting" }) === 1;
  });
});

test("the log has the same ids as replies", async () => {
  const decision = await server.untilLogged(({ decision: id }) => id === refusedId);
  assert.equal(decision.event, "decision");
  assert.equal(decision["reason"], "relaying-denied");
  const queued = await server.untilLogged(
    ({ event, message }) => event === "queued" && message === messageId,
  );
  assert.equal(queued["recipients"], 3);
  const attempts = await waitUntil("all attempts are logged", () => {
    const found = server.log.filter(
      ({ event, message }) => event === "attempt" && message === messageId,
    );
    return found.length === 3 && found;
  });
  assert.deepEqual(
    new Set(attempts.map(({ state }) => state)),
    new Set(["deferred", "delivered", "failed"]),
  );
  const notice = await server.untilLogged(({ event }) => event === "notice");
  assert.equal(notice["about"], messageId);
  const sent = await server.untilLogged(
    ({ event, message }) => event === "attempt" && message === notice["message"],
  );
  assert.equal(sent["recipient"], "ann@client.example");
});

/** A watch of a client's sessions, over the control socket. */
async function watch(address: string) {
  const client = parseIp(address) ?? assert.fail(address);
  const path = join(server.dataFolder, "control.sock");
  const lines = await watchSessions(path, { client });
  return lines ?? assert.fail("no server");
}

/** Lets a client have its session while it is watched; returns what was seen until its end. */
async function seen(address: string, act: () => Promise<void>): Promise<readonly string[]> {
  const lines = await watch(address);
  const found: string[] = [];
  const over = (async () => {
    for await (const { side, text } of lines) {
      found.push(`${side}: ${text}`);
      if (text === "the connection is closed") return;
    }
  })();
  await sleep(100); // the call is on its way
  await act();
  await over;
  return found;
}

const secrets = (name: string, word: string): readonly string[] => [
  word,
  Buffer.from(word).toString("base64"),
  Buffer.from(`\0${name}\0${word}`).toString("base64"),
];

function assertNoSecrets(lines: readonly string[], word: string): void {
  const all = lines.join("\n");
  for (const secret of secrets("alice@example.org", word)) assert.ok(!all.includes(secret), all);
}

test("a session is watched from both sides, without a secret", async () => {
  const word = "hunter2 wrong";
  const [, encoded = "", plain = ""] = secrets("alice@example.org", word);
  const lines = await seen(friend, async () => {
    const client = await openSession(at("mx"), friend);
    await client.expect(`AUTH PLAIN ${plain}`, "535");
    await client.expect("AUTH LOGIN", "334");
    await client.expect(Buffer.from("alice@example.org").toString("base64"), "334");
    await client.expect(encoded, "535");
    await client.expect(encoded, "500");
    await client.expect("AUTH PLAIN", "334");
    await client.expect(Buffer.from(`\0alice@example.org\0${password}`).toString("base64"), "235");
    await client.send({ from: "alice@example.org", to: ["bob@far.example"], content });
    await client.expect("QUIT", "221");
    client.destroy();
  });
  assertNoSecrets(lines, word);
  assertNoSecrets(lines, password);
  assert.ok(!lines.join("\n").includes("plan"));
  const shown = lines.filter((line) => !/^server: (220|250)/.test(line));
  assert.deepEqual(shown.slice(0, 15), [
    "note: a client has connected",
    "client: EHLO client.example",
    "client: AUTH PLAIN (not shown)",
    shown[3],
    "client: AUTH LOGIN",
    "server: 334 (not shown)",
    "client: (not shown)",
    "server: 334 (not shown)",
    "client: (not shown)",
    shown[9],
    "client: (no command: not shown)",
    shown[11],
    "client: AUTH PLAIN",
    "server: 334 (not shown)",
    "client: (not shown)",
  ]);
  assert.ok(lines.includes("client: MAIL FROM:<alice@example.org>"));
  assert.ok(lines.includes(`note: ${content.length} octets of a message`), lines.join("\n"));
  assert.deepEqual(lines.slice(-1), ["note: the connection is closed"]);
  const found = await readMetrics();
  const counted = (result: string) =>
    found("logins_total", { service: "smtp", mechanism: "password", result });
  assert.deepEqual([counted("good"), counted("refused")], [1, 2]);
});

test("a POP3 session, too", async () => {
  const lines = await seen("127.0.0.4", async () => {
    const client = await openPop3(at("pop3"), { from: "127.0.0.4" });
    await client.expect("USER alice@example.org", "+OK");
    await client.expect("PASS hunter3", "-ERR");
    await client.expect("USER alice@example.org", "+OK");
    await client.expect(`PASS ${password}`, "+OK");
    await client.expect("RETR 1", "+OK");
    assert.ok((await client.body()).includes("The secret plan."));
    await client.expect("QUIT", "+OK");
    client.destroy();
  });
  assertNoSecrets(lines, "hunter3");
  assertNoSecrets(lines, password);
  assert.ok(!lines.join("\n").includes("plan"));
  assert.equal(lines.filter((line) => line === "client: PASS (not shown)").length, 2);
  assert.ok(lines.includes("client: USER alice@example.org"));
  assert.ok(lines.includes("note: a message is sent"));
});

test("the command shows it as it passes, and ends with the server's word", async (t) => {
  const words = ["watch", stranger, "-c", server.configurationFile];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill());
  const client = await openSession(at("mx"), stranger);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = lines.next();
  const isSeen = first.then(() => true);
  // Until it watches, nothing that is said is seen.
  while (!(await Promise.race([isSeen, sleep(100, false)]))) await client.expect("RSET", "250");
  const { value: line } = await first;
  assert.match(String(line), /^\d\d:\d\d:\d\d\.\d{3} [0-9a-z]{11} mx (C: RSET|S: 250 .*)$/);
  client.destroy();
});

/** Adds a token; returns the header that shows it. */
async function tokenFor(...scopes: readonly string[]) {
  const token = newToken();
  const request = { name: randomUUID(), scopes, digest: digestOf(token), length: null };
  await callOperation(server, "tokenAdd", request);
  return { authorization: `Bearer ${token}` };
}

function url(path: string): string {
  const { host, port } = at("admin");
  return `http://${host}:${port}${path}`;
}

test("programs see it as server-sent events, with a token", async () => {
  const reading = await tokenFor("read");
  const path = `/api/v1/sessions/live?client=${stranger}`;
  assert.equal((await fetch(url(path))).status, 401);
  const metricsAlone = await tokenFor("metrics");
  assert.equal((await fetch(url(path), { headers: metricsAlone })).status, 403);
  for (const query of ["", "?client=nobody", "?client=192.0.2.1&session=x", "?session=;"]) {
    const answer = await fetch(url(`/api/v1/sessions/live${query}`), { headers: reading });
    assert.equal(answer.status, 400, query);
  }
  const head = await fetch(url(path), { headers: reading, method: "HEAD" });
  assert.equal(head.headers.get("content-type"), "text/event-stream");

  const leaving = new AbortController();
  const answer = await fetch(url(path), { headers: reading, signal: leaving.signal });
  assert.equal(answer.status, 200);
  const pieces = (answer.body ?? assert.fail()).pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await pieces.read()).value, ":\n\n");
  const client = await openSession(at("mx"), stranger);
  let text = "";
  while (!text.includes("EHLO")) text += (await pieces.read()).value ?? assert.fail(text);
  const [, data = ""] = /^event: line\ndata: (.*)\n\n/.exec(text) ?? [];
  const line = { side: "note", listener: "mx", client: stranger, text: "a client has connected" };
  assert.partialDeepStrictEqual(JSON.parse(data), line);
  leaving.abort();
  client.destroy();
});

test("a reload may ask for a token, and say less in the log", async () => {
  await server.configure(configuration({ admin: { metrics: "token" }, log: { level: "warn" } }));
  server.signal("SIGHUP");
  const answer = await waitUntil("a token is asked for", async () => {
    const found = await fetch(url("/metrics"));
    return found.status !== 200 && found;
  });
  assert.equal(answer.status, 401);
  const metricsToo = { headers: await tokenFor("metrics") };
  assert.equal((await fetch(url("/metrics"), metricsToo)).status, 200);
  const readAlone = { headers: await tokenFor("read") };
  assert.equal((await fetch(url("/metrics"), readAlone)).status, 403);
  const quiet = await openSession(at("mx"), stranger);
  await quiet.expect("MAIL FROM:<eve@client.example>", "250");
  const refusal = await quiet.expect("RCPT TO:<quiet@far.example>", "550");
  await server.configure(configuration());
  server.signal("SIGHUP");
  const { event } = await server.untilLogged(({ event: found }) => found === "reloaded");
  assert.equal(event, "reloaded");
  const id = /\((\S+)\)$/.exec(refusal)?.[1];
  assert.ok(id !== undefined && server.log.every(({ decision }) => decision !== id));
  quiet.destroy();
});

const kept = z.object({ accepted: z.number(), relayed: z.number() });

/** What the history has of all time, by its minutes. */
async function history(): Promise<z.output<typeof kept>> {
  const store = await openStore({ path: join(server.dataFolder, "store.db") });
  const rows = await store.history.read(0, 1e9);
  await store.close();
  const sums = { accepted: 0, relayed: 0 };
  for (const { data } of rows) {
    const { accepted, relayed } = kept.parse(JSON.parse(data));
    sums.accepted += accepted;
    sums.relayed += relayed;
  }
  return sums;
}

test("the history goes on after a restart", async (t) => {
  assert.equal(await server.stop(), 0);
  assert.deepEqual(await history(), { accepted: 3, relayed: 3 });
  const { folder } = server;
  server = await startBailiwick(t, { configuration: configuration(), folder });
  const from = "ann@client.example";
  await sendLetter(at("mx"), { from, to: ["carl@far.example"], content }, friend);
  await sink.untilFor("carl@far.example");
  const read = await readMetrics();
  assert.equal(read("messages_accepted_total"), 1);
  assert.equal(await server.stop(), 0);
  assert.deepEqual(await history(), { accepted: 4, relayed: 4 });
});
