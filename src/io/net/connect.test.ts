import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as dial, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Endpoint } from "../../core/config/settings.ts";
import { connect, type ConnectOptions } from "./connect.ts";

/** A port that accepts connections, or, once closed, refuses them. */
async function listen(
  context: TestContext,
  host: string,
): Promise<{ server: Server; endpoint: Endpoint }> {
  const server = createServer((socket) => socket.end(socket.remoteAddress ?? ""));
  context.after(() => server.close());
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { server, endpoint: { host, port: address.port } };
}

/** A port whose queue of connections is full: another one is neither accepted nor refused. */
async function listenWithoutRoom(context: TestContext): Promise<Endpoint> {
  const program = `
    const server = require("node:net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 });
    server.on("listening", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const endpoint = { host: "127.0.0.1", port: Number(line) };
  const waiting = Array.from({ length: 4 }, () => dial({ ...endpoint }).on("error", () => {}));
  context.after(() => {
    for (const socket of waiting) socket.destroy();
    child.kill("SIGKILL");
  });
  await once(waiting[1]!, "connect");
  return endpoint;
}

async function problemOf(options: ConnectOptions) {
  const result = await connect(options);
  assert.ok(!result.ok);
  return result.problem;
}

for (const host of ["127.0.0.1", "::1"]) {
  test(`connects to ${host}`, async (context) => {
    const { endpoint } = await listen(context, host);
    const result = await connect({ endpoint, timeout: 5000 });
    assert.ok(result.ok);
    const [said] = await once(result.value, "data");
    assert.equal(String(said), host);
    result.value.destroy();
  });
}

test("connects from the address that it is told", async (context) => {
  const { endpoint } = await listen(context, "127.0.0.1");
  const result = await connect({ endpoint, timeout: 5000, from: "127.0.0.9" });
  assert.ok(result.ok);
  const [said] = await once(result.value, "data");
  assert.equal(String(said), "127.0.0.9");
  result.value.destroy();
});

test("tells a refusal", async (context) => {
  const { server, endpoint } = await listen(context, "127.0.0.1");
  server.close();
  const said = `127.0.0.1:${endpoint.port} refused the connection`;
  assert.deepEqual(await problemOf({ endpoint, timeout: 5000 }), { kind: "refused", said });
});

test("tells a source address that is not ours", async (context) => {
  const { endpoint } = await listen(context, "127.0.0.1");
  const problem = await problemOf({ endpoint, timeout: 5000, from: "192.0.2.77" });
  assert.equal(problem.kind, "exhausted");
});

test("gives up after the time, and when it is told to", async (context) => {
  const full = await listenWithoutRoom(context);
  assert.equal((await problemOf({ endpoint: full, timeout: 50 })).kind, "timeout");
  const stop = new AbortController();
  const problem = problemOf({ endpoint: full, timeout: 60_000, signal: stop.signal });
  stop.abort();
  assert.equal((await problem).kind, "aborted");
  const late = await problemOf({ endpoint: full, timeout: 60_000, signal: stop.signal });
  assert.equal(late.kind, "aborted");
});

test("connects to a socket of this machine, or says that nobody is there", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-test-"));
  context.after(() => rm(folder, { recursive: true }));
  const socket = join(folder, "lmtp");
  assert.deepEqual(await problemOf({ endpoint: { socket }, timeout: 5000 }), {
    kind: "unreachable",
    said: `${socket} cannot be reached from here`,
  });
  const server = createServer((peer) => peer.end("hello"));
  context.after(() => server.close());
  server.listen(socket);
  await once(server, "listening");
  const result = await connect({ endpoint: { socket }, timeout: 5000 });
  assert.ok(result.ok);
  const [said] = await once(result.value, "data");
  assert.equal(String(said), "hello");
  result.value.destroy();
});

test("says that an address to leave from is none of ours", async (context) => {
  const { endpoint } = await listen(context, "127.0.0.1");
  const { kind, said } = await problemOf({ endpoint, timeout: 5000, from: "192.0.2.7" });
  assert.equal(kind, "exhausted");
  assert.match(said, /was not tried: 192\.0\.2\.7 is no address of this machine/);
});
