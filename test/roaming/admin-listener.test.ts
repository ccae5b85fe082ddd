// The admin listener of the real program: its secret, its limits, TLS, proxies, reload and end.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import type { Cleanup } from "../support/cleanup.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../support/server.ts";
import { waitUntil } from "../support/wait.ts";

const secret = "0123456789abcdef0123456789abcdef";
const admin = { role: "admin", listen: ["127.0.0.1:0"] };
const events = { roaming: { events: { "secret-file": "roaming.secret" } } };

/** A folder with the secret's file in it. */
async function folderWith(t: Cleanup, text: string): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "roaming.secret"), text);
  await chmod(join(folder, "roaming.secret"), 0o600);
  return folder;
}

function post(port: number, key: string): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/roaming/logout`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: '{"session":"s1"}',
  }).then(async (response) => {
    await response.text();
    return response.status;
  });
}

/** Octets as they are; resolves with all that comes until the server closes. */
async function talk(port: number, octets: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  socket.write(octets);
  await once(socket, "close");
  return text;
}

const ask = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

test("without its secret nothing starts", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "bailiwick.yaml");
  const configuration = { hostname: "mx.test", listeners: { admin }, relay: events };
  await writeFile(file, JSON.stringify(configuration, null, 2));
  for (const command of ["check", "start"]) {
    const { code, stderr } = await runBailiwick([command, "-c", file]);
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /yaml:\d+:\d+: relay\.roaming\.events\.secret-file: the secret cannot be read/,
    );
  }
});

test("check says what is open", async (t) => {
  const folder = await folderWith(t, secret);
  const file = join(folder, "bailiwick.yaml");
  const say = async (relay: object) => {
    await writeFile(file, JSON.stringify({ hostname: "mx.test", listeners: { admin }, relay }));
    return (await runBailiwick(["check", "-c", file])).stdout;
  };
  const json = async () => (await runBailiwick(["check", "--json", "-c", file])).stdout;
  assert.match(
    await say({}),
    /^says over admin whether it is well, and is told of no logins there$/m,
  );
  assert.match(
    await say(events),
    /^lets whoever knows the secret in .*\/roaming\.secret tell of logins over admin$/m,
  );
  assert.match(await json(), /"roamingSecret": "\/.*\/roaming\.secret"/);
  assert.match(
    await say(events),
    /^relays for whoever has read mail, as the account that read it, until 3h after the session$/m,
  );
});

test("a new secret comes with a reload, and a bad one does not", async (t) => {
  const folder = await folderWith(t, secret);
  const file = join(folder, "roaming.secret");
  const configuration = { listeners: { admin }, relay: events };
  const server = await startBailiwick(t, { configuration, folder });
  const { port } = server.address;
  assert.equal(await post(port, secret), 200);

  await writeFile(file, "short");
  const refused = await server.run("reload");
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /less than 16 characters/);
  assert.equal(await post(port, secret), 200);

  await writeFile(file, "f".repeat(32));
  assert.equal((await server.run("reload")).code, 0);
  assert.equal(await post(port, secret), 401);
  assert.equal(await post(port, "f".repeat(32)), 200);
  await server.untilLogged(({ event }) => event === "roaming-secret-refused");

  await server.configure({ listeners: { admin } });
  assert.equal((await server.run("reload")).code, 0);
  assert.equal(await post(port, "f".repeat(32)), 404);
  assert.ok(!JSON.stringify(server.log).includes(secret));
});

test("TLS from the first octet", async (t) => {
  const listeners = { admin: { ...admin, tls: "implicit" } };
  const server = await startBailiwick(t, { configuration: { listeners } });
  const { port } = server.address;
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  socket.write(ask);
  await once(socket, "close");
  assert.match(text, /^HTTP\/1\.1 200 [^]*\{"status":"ready"\}$/);
  assert.doesNotMatch(await talk(port, ask), /HTTP/);
  // And the server is well after it.
  const again = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(again, "secureConnect");
  again.destroy();
});

test("behind a proxy, the client is whom it says", async (t) => {
  const listeners = { admin: { ...admin, proxies: ["127.0.0.1/32"] } };
  const folder = await folderWith(t, secret);
  const server = await startBailiwick(t, { configuration: { listeners, relay: events }, folder });
  const { port } = server.address;
  const header = "PROXY TCP4 203.0.113.9 127.0.0.1 5 80\r\n";
  assert.match(await talk(port, header + ask), /^HTTP\/1\.1 200 /);
  const wrong =
    "POST /roaming/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  assert.match(await talk(port, header + wrong), /^HTTP\/1\.1 401 /);
  const entry = await server.untilLogged(({ event }) => event === "roaming-secret-refused");
  assert.equal(entry["client"], "203.0.113.9");
  assert.equal(await talk(port, ask), "");
});

test("connections above the limit are told so in HTTP", async (t) => {
  const server = await startBailiwick(t, {
    configuration: { listeners: { admin }, limits: { "connections-per-client": 2 } },
  });
  const { port } = server.address;
  const held = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all(held.map((socket) => once(socket, "connect")));
  const text = await waitUntil("one is refused", async () => {
    const said = await talk(port, ask);
    return said.startsWith("HTTP/1.1 503 ") && said;
  });
  assert.match(text, /\{"error":"too many connections are open; come back later"\}\n$/);
  for (const socket of held) socket.destroy();
  await waitUntil("there is room", async () => (await talk(port, ask)).startsWith("HTTP/1.1 200 "));
});

test("a stop does not wait for idle connections, and lets an answer go out", async (t) => {
  const server = await startBailiwick(t, { configuration: { listeners: { admin } } });
  const { port } = server.address;
  const idle = connect(port, "127.0.0.1");
  const used = connect(port, "127.0.0.1");
  used.write("GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(used, "data");
  const began = performance.now();
  assert.equal(await server.stop(), 0);
  assert.ok(performance.now() - began < 15_000);
  idle.destroy();
  used.destroy();
});
