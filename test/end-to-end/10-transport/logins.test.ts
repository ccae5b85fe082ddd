// Logins of ours to smart hosts.

import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";
import { type Script, type SinkOptions, startSink } from "../../support/sink.ts";
import { authority, certified, protectedBy, sender, startRelay, verified } from "./world.ts";

const login = { user: "relay", password: "our secret" };
const { authorities } = verified;

async function secretFile(t: TestContext, secret: string): Promise<string> {
  const file = join(await temporaryFolder(t), "secret");
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return file;
}

const once =
  (action: ReturnType<Script>): Script =>
  ({ stage, times }) =>
    stage === "login" && times === 1 ? action : undefined;

test("smart hosts that want a login", async (t) => {
  const file = await secretFile(t, login.password);
  const credentials = { login: { user: login.user, "password-file": file } };
  const route = { authorities, ...credentials };
  const start = (options: SinkOptions) => startSink(t, { tls: certified, login, ...options });
  const good = await start({});
  const busy = await start({ script: once("454 4.7.0 Temporary authentication failure") });
  const rude = await start({ script: once("drop") });
  const stranger = await start({ tls: makeAuthority("localhost") });
  const local = await startSink(t, { login });
  const relay = await startRelay(t, {
    "good.example": { port: good.endpoint.port, route },
    "busy.example": { port: busy.endpoint.port, route },
    "rude.example": { port: rude.endpoint.port, route },
    "stranger.example": { port: stranger.endpoint.port, route },
    "any.example": { port: stranger.endpoint.port, route: { tls: "required", ...credentials } },
    "local.example": {
      port: local.endpoint.port,
      route: { tls: "off", ...credentials },
      host: "127.0.0.1",
    },
  });

  await t.test("get it, over verified TLS", async () => {
    await relay.send("good.example");
    const [message] = await good.until(1);
    assert.equal(message?.login, "relay");
    assert.equal(message.tls, "TLSv1.3");
    assert.equal(protectedBy((await relay.attempts(1, "good.example"))[0]), "verified");
  });

  await t.test("are asked again when the mail is due, if they cannot tell just now", async () => {
    await relay.send("busy.example");
    const [attempt] = await relay.attempts(1, "busy.example");
    assert.match(attempt?.said ?? "", /^454 4\.7\.0 Temporary/);
    await relay.server.run("queue", "retry", "--domain", "busy.example");
    await busy.until(1);
  });

  await t.test("may hang up meanwhile", async () => {
    await relay.send("rude.example");
    const [attempt] = await relay.attempts(1, "rude.example");
    assert.match(attempt?.said ?? "", /^4\.4\.2 the connection was lost at AUTH$/);
    await relay.server.run("queue", "retry", "--domain", "rude.example");
    await rude.until(1);
  });

  await t.test("get no password, if they are not who they should be", async () => {
    await relay.send("stranger.example");
    const [attempt] = await relay.attempts(1, "stranger.example");
    assert.match(attempt?.said ?? "", /^4\.7\.5 the certificate is self-signed/);
    assert.deepEqual(stranger.logins, []);
  });

  await t.test("get it whoever they are, where the route says so", async () => {
    await relay.send("any.example");
    assert.equal((await stranger.until(1))[0]?.login, "relay");
  });

  await t.test("get it in the clear on this machine alone, where the route says so", async () => {
    await relay.send("local.example");
    assert.equal((await local.until(1))[0]?.login, "relay");
  });
});

test("a wrong password is said once, however much mail waits, and a new one is taken at once", async (t) => {
  const sink = await startSink(t, { tls: certified, login });
  const file = await secretFile(t, "an old secret");
  const route = { authorities, login: { user: login.user, "password-file": file } };
  const relay = await startRelay(t, { "*": { port: sink.endpoint.port, route } });
  await Promise.all(Array.from({ length: 15 }, async () => relay.send()));
  const [attempt] = await relay.attempts(1);
  assert.equal(attempt?.state, "deferred");
  assert.match(attempt.said, /^535 5\.7\.8 Wrong user or password$/);
  await relay.server.run("queue", "retry", "--all");
  const [, again] = await relay.attempts(2);
  assert.match(
    again?.said ?? "",
    /^4\.7\.8 the login was refused, and is not tried again for 5 minutes unless the password changes: 535 /,
  );
  assert.deepEqual(sink.logins, ["relay:an old secret"]);
  const refused = relay.server.log.filter(({ event }) => event === "login-refused");
  assert.equal(refused.length, 1);
  await writeFile(file, "our secret\n");
  await relay.server.run("queue", "retry", "--all");
  await sink.until(15);
  assert.equal(sink.logins.filter((each) => each !== "relay:our secret").length, 1);
});

test("another Bailiwick is logged in to with SCRAM, bound to the channel", async (t) => {
  const sink = await startSink(t);
  const folder = await temporaryFolder(t);
  const { cert, key } = authority.issue({ names: ["localhost"] });
  await writeFile(join(folder, "cert.pem"), cert);
  await writeFile(join(folder, "key.pem"), key);
  const smartHost = await startBailiwick(t, {
    configuration: {
      tls: { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") },
      listeners: { submission: { role: "submission", listen: ["127.0.0.1:0"] } },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
    },
  });
  const secret = await secretFile(t, login.password);
  await smartHost.run("account", "add", sender, "--password-file", secret);
  const { port } = smartHost.address;
  const route = { authorities, login: { user: sender, "password-file": secret } };
  const relay = await startRelay(t, { "*": { port, route } });
  await relay.send(undefined, `From: <${sender}>\r\n\r\nHello.\r\n`);
  const [attempt] = await relay.attempts();
  assert.equal(attempt?.state, "delivered", attempt?.said);
  const seen = await smartHost.untilLogged(({ event }) => event === "login");
  assert.equal(seen["mechanism"], "SCRAM-SHA-256-PLUS");
  await sink.until(1);
});

const configuration = (route: object) =>
  `hostname: mail.example.org\nlisteners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }\nroutes: [${JSON.stringify({ to: "*", via: "smart.example:587", ...route })}]\n`;

test("a password file that cannot be used is found at start and at reload", async (t) => {
  const file = await secretFile(t, login.password);
  await chmod(file, 0o644);
  const folder = await temporaryFolder(t);
  const path = join(folder, "bailiwick.yaml");
  const bad = { login: { user: "u", "password-file": file } };
  await writeFile(path, configuration(bad));
  const started = await runBailiwick(["start", "-c", path]);
  assert.equal(started.code, 2);
  assert.match(started.stderr, /yaml:3:10: routes\[0\]\.login: every user .* run: chmod 0600 /);
  await writeFile(path, configuration({ authorities: path }));
  const other = await runBailiwick(["start", "-c", path]);
  assert.match(other.stderr, /routes\[0\]\.authorities: .*yaml holds no PEM certificate/);
  const server = await startBailiwick(t, { configuration: configuration({}) });
  await server.configure(configuration(bad));
  const reloaded = await server.run("reload");
  assert.notEqual(reloaded.code, 0);
  assert.match(reloaded.stderr, /routes\[0\]\.login: every user of this machine can read/);
  await chmod(file, 0o600);
  assert.equal((await server.run("reload")).code, 0);
});
