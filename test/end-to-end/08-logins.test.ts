// Users who log in: with the clients that people have, on 25, 587 and 465, over TLS.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import { createTransport } from "nodemailer";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { untilMail } from "../support/mailbox.ts";
import { startRbldnsd } from "../support/rbldnsd.ts";
import { type Endpoint, startBailiwick, type TestServer } from "../support/server.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { openSession } from "../support/smtp-client.ts";

const user = "alice@example.org";
const password = "open sesame";

type ListenerName = "mx" | "submission" | "submissions";

interface World {
  readonly server: TestServer;
  readonly sink: Sink;
  readonly at: (listener: ListenerName) => Endpoint;
}

async function startWorld(
  t: TestContext,
  more: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      listeners: {
        mx: { role: "mx", listen: ["127.0.0.1:0"] },
        submission: { role: "submission", listen: ["127.0.0.1:0"] },
        submissions: { role: "submission", listen: ["127.0.0.1:0"], tls: "implicit" },
      },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
      ...more,
    },
  });
  const secret = join(server.folder, "secret");
  await writeFile(secret, `${password}\n`);
  assert.equal((await server.run("account", "add", user, "--password-file", secret)).code, 0);
  return {
    server,
    sink,
    at(listener) {
      const found = server.listeners.find(({ name }) => name === listener);
      assert.ok(found);
      return found;
    },
  };
}

interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly method?: string;
  readonly pass?: string;
  /** The client's own address. */
  readonly client?: string;
}

/** Sends with nodemailer; the last reply, or what the server said instead. */
async function send(world: World, listener: ListenerName, letter: Letter = {}): Promise<string> {
  const { from = user, to = "bob@far.example", method = "PLAIN", pass = password } = letter;
  const transport = createTransport({
    ...world.at(listener),
    secure: listener === "submissions",
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    authMethod: method,
    auth: { user, pass },
    localAddress: letter.client ?? "127.0.0.1",
  });
  try {
    const sent: { response: string } = await transport.sendMail({
      from,
      to,
      subject: "Hello",
      text: "Good day.",
    });
    return sent.response;
  } catch (error) {
    return error instanceof Error && "response" in error ? String(error.response) : String(error);
  } finally {
    transport.close();
  }
}

describe("users log in and send", () => {
  for (const listener of ["mx", "submission", "submissions"] as const) {
    for (const method of ["PLAIN", "LOGIN"]) {
      test(`nodemailer, ${method}, ${listener}`, async (t) => {
        const world = await startWorld(t);
        assert.match(await send(world, listener, { method }), /^250 2\.0\.0 Ok: queued as /);
        const { content } = await world.sink.untilFor("bob@far.example");
        assert.match(content.toString(), /^Received: .*\r\n\tby .* with ESMTPSA/m);
      });
    }
  }

  test("a wrong password is refused, and so is a user who is not there", async (t) => {
    const world = await startWorld(t);
    assert.match(await send(world, "submission", { pass: "wrong" }), /^535 5\.7\.8 /);
    const log = await world.server.untilLogged(({ event }) => event === "login");
    assert.equal(log["result"], "refused");
  });

  test("an app password sends until it is taken away", async (t) => {
    const world = await startWorld(t);
    const added = await world.server.run("app-password", "add", user, "scanner", "--json");
    assert.equal(added.code, 0, added.stderr);
    const found = /"password": "([^"]+)"/.exec(added.stdout)?.[1];
    assert.ok(found, added.stdout);
    assert.match(await send(world, "submission", { pass: found }), /^250 /);
    const id = /"id": "([^"]+)"/.exec(added.stdout)?.[1] ?? "";
    assert.equal((await world.server.run("app-password", "remove", id)).code, 0);
    assert.match(await send(world, "submission", { pass: found }), /^535 /);
  });

  test("a disabled account sends nothing, and still gets mail", async (t) => {
    const world = await startWorld(t);
    assert.equal((await world.server.run("account", "disable", user)).code, 0);
    assert.match(await send(world, "submission"), /^535 /);
    const stranger = await openSession(world.at("mx"));
    await stranger.send({
      from: "zoe@far.example",
      to: [user],
      content: "Subject: x\r\n\r\ny\r\n",
    });
    stranger.destroy();
    await untilMail(world.server, user, 1);
  });

  test("others' addresses are not for the sender to use", async (t) => {
    const world = await startWorld(t);
    const said = await send(world, "submission", { from: "mallory@example.org" });
    assert.match(said, /^553 5\.7\.1 The sender is not one of your login's addresses/);
  });
});

describe("other people's clients", async () => {
  const noSwaks = await whyMissing("swaks");
  const noMsmtp = await whyMissing("msmtp");
  const noPython = await whyMissing("python3");

  for (const method of ["PLAIN", "LOGIN"]) {
    test(`swaks, ${method}, 587 and 465`, { skip: noSwaks }, async (t) => {
      const world = await startWorld(t);
      for (const listener of ["submission", "submissions"] as const) {
        const { host, port } = world.at(listener);
        const tls = listener === "submission" ? "--tls" : "--tls-on-connect";
        const auth = ["--auth", method, "--auth-user", user, "--auth-password", password];
        const letter = ["--from", user, "--to", "bob@far.example"];
        const words = ["--server", `${host}:${port}`, tls, ...auth, ...letter];
        const { code, stdout } = await runCommand("swaks", words);
        assert.equal(code, 0, stdout);
      }
    });
  }

  for (const method of ["plain", "scram-sha-256"]) {
    test(`msmtp, ${method}`, { skip: noMsmtp }, async (t) => {
      const world = await startWorld(t);
      const { host, port } = world.at("submission");
      const options = `--host=${host} --port=${port} --tls=on --tls-starttls=on --tls-certcheck=off`;
      const login = [`--auth=${method}`, `--user=${user}`, `--passwordeval=echo ${password}`];
      const words = [...options.split(" "), ...login, `--from=${user}`, "bob@far.example"];
      const { code, stderr } = await runCommand("msmtp", words, `From: ${user}\n\nHello\n`);
      assert.equal(code, 0, stderr);
      await world.sink.untilFor("bob@far.example");
    });
  }

  test("Python's smtplib", { skip: noPython }, async (t) => {
    const world = await startWorld(t);
    const script = `
import smtplib, ssl, sys
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as server:
    server.starttls(context=context)
    server.login(sys.argv[2], sys.argv[3])
    server.sendmail(sys.argv[2], ["bob@far.example"], "From: " + sys.argv[2] + "\\r\\n\\r\\nHello\\r\\n")
`;
    const port = String(world.at("submission").port);
    const { code, stderr } = await runCommand("python3", ["-c", script, port, user, password]);
    assert.equal(code, 0, stderr);
    await world.sink.untilFor("bob@far.example");
  });
});

const noRbldnsd = await whyMissing("rbldnsd");

test(
  "why can't users on blacklists use SMTP AUTH? Here they can",
  { skip: noRbldnsd },
  async (t) => {
    const listed = "127.0.0.5";
    const data = `:2:listed\n127.0.0.2\n${listed}\n`;
    const dns = await startRbldnsd(t, [{ zone: "dul.test", format: "ip4set", data }]);
    const world = await startWorld(t, {
      dns: { servers: [`${dns.host}:${dns.port}`] },
      blocklists: [{ zone: "dul.test" }],
    });
    const stranger = await openSession(world.at("mx"), listed);
    await stranger.expect("MAIL FROM:<zoe@far.example>", "250");
    await stranger.expect(`RCPT TO:<${user}>`, "554 5.7.1");
    stranger.destroy();
    for (const listener of ["mx", "submission", "submissions"] as const) {
      assert.match(await send(world, listener, { client: listed }), /^250 /, listener);
      assert.match(await send(world, listener, { client: listed, to: user }), /^250 /, listener);
    }
  },
);

test("without a login, submission is for nobody: networks, rules and our own mailboxes included", async (t) => {
  const world = await startWorld(t, {
    listeners: {
      mx: { role: "mx", listen: ["127.0.0.1:0"] },
      submission: { role: "submission", listen: ["127.0.0.1:0"], tls: "offered" },
    },
    relay: {
      networks: ["127.0.0.8"],
      rules: [{ from: "127.0.0.9", relay: true }],
    },
  });
  for (const client of ["127.0.0.1", "127.0.0.8", "127.0.0.9"]) {
    const session = await openSession(world.at("submission"), client);
    await session.expect(`MAIL FROM:<${user}>`, "250");
    await session.expect("RCPT TO:<bob@far.example>", "530 5.7.0");
    await session.expect(`RCPT TO:<${user}>`, "530 5.7.0");
    await session.expect("QUIT", "221");
  }
});

test("in the clear nobody logs in, and nothing is sent where TLS is required", async (t) => {
  const world = await startWorld(t);
  const session = await openSession(world.at("submission"));
  await session.expect("AUTH PLAIN AGFsaWNlAHNlY3JldA==", "538 5.7.11");
  await session.expect(`MAIL FROM:<${user}>`, "250");
  await session.expect("RCPT TO:<bob@far.example>", "530 5.7.0");
  await session.expect("QUIT", "221");
});

test("what is slipped in behind STARTTLS is never executed", async (t) => {
  const world = await startWorld(t);
  const socket = connectPlain(world.at("submission"));
  socket.setEncoding("latin1");
  const said = async () => String((await once(socket, "data"))[0]);
  assert.match(await said(), /^220 /);
  socket.write("EHLO client.example\r\n");
  await said();
  socket.write("STARTTLS\r\nRSET\r\nNOOP\r\n");
  assert.match(await said(), /^220 2\.0\.0 [^\r\n]*\r\n$/);
  socket.removeAllListeners("data");
  const secured = connectTls({ socket, rejectUnauthorized: false });
  await once(secured, "secureConnect");
  secured.setEncoding("latin1");
  secured.write("EHLO client.example\r\n");
  const [reply] = await once(secured, "data");
  assert.match(String(reply), /^250-mail\.example\.org\r\n/);
  secured.destroy();
});

test("a certificate that is replaced is shown within two seconds, and open sessions go on", async (t) => {
  const folder = await startBailiwick(t, { configuration: {} }).then((other) => other.folder);
  const files = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write = async (name: string) => {
    const made = makeSelfSigned({ names: [name], now: Date.now() });
    await writeFile(files.key, made.key);
    await writeFile(files.certificate, made.certificate);
  };
  await write("old.example");
  const world = await startWorld(t, { tls: files });
  const endpoint = world.at("submissions");
  const dial = async () => {
    const socket = connectTls({ ...endpoint, rejectUnauthorized: false });
    await once(socket, "data");
    return { socket, name: socket.getPeerX509Certificate()?.subject };
  };
  const open = await dial();
  assert.equal(open.name, "CN=old.example");
  await write("new.example");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const next = await dial();
  assert.equal(next.name, "CN=new.example");
  open.socket.write("NOOP\r\n");
  assert.match(String((await once(open.socket, "data"))[0]), /^250 /);
  await writeFile(files.certificate, "garbage");
  const refused = await world.server.untilLogged(({ event }) => event === "certificate-refused");
  assert.match(String(refused["problem"]), /cert\.pem holds no PEM certificate/);
  assert.equal((await dial()).name, "CN=new.example");
  for (const { socket } of [open, next]) socket.destroy();
});
