// A new configuration in a running server: by signal and by command, and only if it is in order. A
// session keeps the rules that it began with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBailiwick } from "../../support/server.ts";
import { startSink } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";

test("a new configuration", async (t) => {
  const sink = await startSink(t);
  const configuration = (network: string, more: object = {}) => ({
    relay: { networks: [network] },
    routes: [{ to: "*", via: sink.name }],
    ...more,
  });
  const server = await startBailiwick(t, { configuration: configuration("127.0.0.3") });
  const open = async () => {
    const client = await openSession(server.address, "127.0.0.2");
    t.after(() => client.destroy());
    await client.expect("MAIL FROM:<a@client.example>", "250");
    return () => client.command("RCPT TO:<b@elsewhere.example>");
  };
  const askEarly = await open();
  const ask = async () => (await open())();
  assert.match(await askEarly(), /^550 5\.7\.1 /);

  await t.test("holds from the next connection on", async () => {
    await server.configure(configuration("127.0.0.2"));
    server.signal("SIGHUP");
    await server.untilLogged(({ event }) => event === "reloaded");
    assert.match(await ask(), /^250 /);
    assert.match(await askEarly(), /^550 5\.7\.1 /);
    await server.configure(configuration("127.0.0.3"));
    const { code, stdout } = await server.run("reload");
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "The new configuration is in place.\n" });
    assert.match(await ask(), /^550 5\.7\.1 /);
  });

  await t.test("tells what needs a restart", async () => {
    const more = { hostname: "new.example.org" };
    await server.configure(configuration("127.0.0.2", more));
    const { stdout } = await server.run("reload");
    assert.match(stdout, /^hostname has changed, which needs a restart$/m);
    assert.match(await ask(), /^250 /);
  });

  await t.test("with an error leaves the old one in place, and says where it is", async () => {
    await server.configure('hostname: mail.example.org\nrelay: { netwroks: ["0.0.0.0/0"] }\n');
    const { code, stderr } = await server.run("reload");
    assert.equal(code, 2);
    assert.match(stderr, /^\S+bailiwick\.yaml:2:\d+: .*netwroks/);
    assert.match(await ask(), /^250 /);
    server.signal("SIGHUP");
    const failed = await server.untilLogged(({ event }) => event === "reload-failed");
    assert.match(failed.msg, /^the old configuration stays in place: .*bailiwick\.yaml:2:\d+: /);
    assert.match(await ask(), /^250 /);
  });

  await t.test("has nobody to take it where no server runs", async () => {
    await server.configure(configuration("127.0.0.2"));
    assert.equal(await server.stop(), 0);
    const { code, stderr } = await server.run("reload");
    assert.equal(code, 2);
    assert.match(stderr, /^bailiwick: no server is running on /);
  });
});
