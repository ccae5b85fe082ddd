// Other people's programs fetch mail: with STLS, and under TLS from the first octet.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { runCommand, whyMissing } from "../../support/command.ts";
import { temporaryFolder } from "../../support/server.ts";
import { password, startWorld, user, type World } from "./world.ts";

const messages = [
  "From: bob@far.example\nSubject: one\n\nHello\n.dot\n..\n.\nend\n",
  `From: bob@far.example\r\nSubject: two\r\n\r\n${`${"y".repeat(70)}\r\n`.repeat(5_000)}`,
  "From: bob@far.example\nSubject: three\n\nno end",
] as const;

const listeners = ["pop3", "pop3s"] as const;
type Listener = (typeof listeners)[number];

/** What the client should have: bodies as they were, with LF. */
const bodies = messages.map((message) => {
  const [, body = ""] = message.replaceAll("\r\n", "\n").split(/\n\n(.*)/s);
  return body.endsWith("\n") ? body : `${body}\n`;
});

function bodyOf(text: string): string {
  return text.replaceAll("\r\n", "\n").split(/\n\n(.*)/s)[1] ?? "";
}

async function startFull(t: TestContext): Promise<World> {
  const world = await startWorld(t);
  await world.put(...messages);
  return world;
}

async function whoLoggedInBy({ server }: World): Promise<unknown> {
  const login = await server.untilLogged(({ event }) => event === "login");
  assert.equal(login["result"], "good");
  await server.untilLogged(({ event }) => event === "pop3-session");
  return login["mechanism"];
}

/** @param options of the user, as in `fetchall no keep` */
async function setUpFetchmail(t: TestContext, world: World, listener: Listener, options: string) {
  const folder = await temporaryFolder(t);
  const out = join(folder, "out");
  const { host, port } = world.at(listener);
  const tls = listener === "pop3s" ? "ssl" : "sslproto 'TLS1.2+'";
  const rc = join(folder, "fetchmailrc");
  const text = `
set no bouncemail
poll ${host} proto pop3 port ${port} uidl auth password
  user "${user}" there password "${password}" ${tls} no sslcertck
  ${options}
  mda "cat >> ${out}"
`;
  await writeFile(rc, text, { mode: 0o600 });
  const words = [
    "-f",
    rc,
    "--nosyslog",
    "--pidfile",
    join(folder, "pid"),
    "-i",
    join(folder, "ids"),
    "-v",
  ];
  const run = () => runCommand("fetchmail", words);
  return { run, read: () => readFile(out, "latin1").catch(() => "") };
}

describe("fetchmail", { skip: await whyMissing("fetchmail") }, () => {
  for (const listener of listeners) {
    test(`${listener}: fetches all and removes it`, async (t) => {
      const world = await startFull(t);
      const { run, read } = await setUpFetchmail(t, world, listener, "fetchall no keep");
      const { code, stdout, stderr } = await run();
      assert.equal(code, 0, stdout + stderr);
      const got = await read();
      for (const body of bodies) assert.ok(got.includes(body), `not there: ${body.slice(0, 80)}`);
      await whoLoggedInBy(world);
      assert.deepEqual(await world.files(), []);
      // 1: there is no mail.
      assert.equal((await run()).code, 1);
    });
  }

  test("keeps what it has seen, by UIDL, and fetches the rest", async (t) => {
    const world = await startFull(t);
    const { run, read } = await setUpFetchmail(t, world, "pop3s", "keep");
    assert.equal((await run()).code, 0);
    assert.equal((await world.files()).length, 3);
    assert.equal((await run()).code, 1);
    await world.put("From: bob@far.example\nSubject: four\n\nlate\n");
    assert.equal((await run()).code, 0);
    assert.equal((await read()).split("Subject: ").length - 1, 4);
  });
});

// It knows no STLS.
test("getmail, pop3s", { skip: await whyMissing("getmail") }, async (t) => {
  const world = await startFull(t);
  const folder = await temporaryFolder(t);
  const { host, port } = world.at("pop3s");
  const out = join(folder, "out");
  const text = `
[retriever]
type = SimplePOP3SSLRetriever
server = ${host}
port = ${port}
username = ${user}
password = ${password}
[destination]
type = MDA_external
path = /usr/bin/tee
arguments = ("-a", "${out}")
allow_root_commands = true
[options]
delete = true
read_all = true
delivered_to = false
received = false
`;
  await writeFile(join(folder, "getmailrc"), text, { mode: 0o600 });
  const words = ["-g", folder, "-r", "getmailrc"];
  const { code, stdout, stderr } = await runCommand("getmail", words);
  assert.equal(code, 0, stdout + stderr);
  const got = await readFile(out, "latin1");
  for (const body of bodies) assert.ok(got.includes(body), `not there: ${body.slice(0, 80)}`);
  await whoLoggedInBy(world);
  assert.deepEqual(await world.files(), []);
});

describe("mpop", { skip: await whyMissing("mpop") }, () => {
  const methods = ["user", "plain", "login", "scram-sha-1", "scram-sha-256"] as const;
  const names: Readonly<Record<string, string>> = { user: "USER" };
  for (const [index, method] of methods.entries()) {
    const listener = listeners[index % 2] ?? "pop3";
    test(`${listener}, ${method}, pipelining: fetches all and removes it`, async (t) => {
      const world = await startFull(t);
      const folder = await temporaryFolder(t);
      const { host, port } = world.at(listener);
      const inbox = join(folder, "inbox");
      await runCommand("mkdir", ["-p", ...["tmp", "new", "cur"].map((name) => join(inbox, name))]);
      const text = `
account default
host ${host}
port ${port}
auth ${method}
user ${user}
password ${password}
tls on
tls_starttls ${listener === "pop3" ? "on" : "off"}
tls_certcheck off
pipelining on
keep off
uidls_file ${join(folder, "uidls")}
received_header off
delivery maildir ${inbox}
`;
      await writeFile(join(folder, "mpoprc"), text, { mode: 0o600 });
      const words = ["-C", join(folder, "mpoprc")];
      const { code, stdout, stderr } = await runCommand("mpop", words);
      assert.equal(code, 0, stdout + stderr);
      const files = await readdir(join(inbox, "new"));
      const got = await Promise.all(
        files.map(async (name) => bodyOf(await readFile(join(inbox, "new", name), "latin1"))),
      );
      assert.deepEqual(got.toSorted(), [...bodies].toSorted());
      assert.equal(await whoLoggedInBy(world), names[method] ?? method.toUpperCase());
      assert.deepEqual(await world.files(), []);
    });
  }
});

describe("Python's poplib", { skip: await whyMissing("python3") }, () => {
  const script = `
import poplib, ssl, sys
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
kind, host, port, user, password = sys.argv[1:]
if kind == "pop3s":
    server = poplib.POP3_SSL(host, int(port), context=context)
else:
    server = poplib.POP3(host, int(port))
    assert "USER" not in server.capa()
    server.stls(context=context)
assert "USER" in server.capa()
try:
    server.user(user); server.pass_("wrong")
    sys.exit("a wrong password was taken")
except poplib.error_proto as error:
    assert b"[AUTH]" in error.args[0], error
server.user(user)
server.pass_(password)
count, octets = server.stat()
total = 0
for number in range(1, count + 1):
    reply, lines, size = server.retr(number)
    total += sum(len(line) + 2 for line in lines)
    assert server.top(number, 0)[1] == lines[:lines.index(b"") + 1]
    server.dele(number)
assert total == octets, (total, octets)
server.rset()
server.dele(2)
server.quit()
`;
  for (const listener of listeners) {
    test(listener, async (t) => {
      const world = await startFull(t);
      const { host, port } = world.at(listener);
      const words = ["-c", script, listener, host, String(port), user, password];
      const { code, stderr } = await runCommand("python3", words);
      assert.equal(code, 0, stderr);
      assert.equal((await world.files()).length, 2);
    });
  }
});
