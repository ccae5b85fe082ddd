// Users who log in with a token of an authority, or with a certificate: on the real server, over TLS.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import {
  type Authority,
  makeKey,
  type SigningKey,
  signToken,
  startAuthority,
} from "../support/authority.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { startSink, type Sink } from "../support/sink.ts";

const user = "alice@example.org";

interface World {
  readonly server: TestServer;
  readonly sink: Sink;
  readonly authority: Authority;
  readonly key: SigningKey;
  /** A good one, but for what is given. */
  readonly token: (claims?: Readonly<Record<string, unknown>>) => Promise<string>;
}

async function startWorld(t: TestContext, tls = {}): Promise<World> {
  const sink = await startSink(t);
  const key = makeKey("ES256");
  const authority = await startAuthority(t, { keys: [key] });
  const { issuer } = authority;
  const server = await startBailiwick(t, {
    configuration: {
      listeners: { submissions: { role: "submission", listen: ["127.0.0.1:0"], tls: "implicit" } },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [{ to: "*", via: sink.name }],
      logins: [{ oauth: { issuer, audience: ["mail.example.org"] } }],
      tls,
    },
  });
  const secret = join(server.folder, "secret");
  await writeFile(secret, "not used here\n");
  assert.equal((await server.run("account", "add", user, "--password-file", secret)).code, 0);
  return {
    server,
    sink,
    authority,
    key,
    token: (claims) => {
      const [aud, exp] = ["mail.example.org", Math.floor(Date.now() / 1000) + 300];
      return signToken(key, { iss: issuer, aud, exp, email: user, ...claims });
    },
  };
}

interface Session {
  readonly say: (line: string) => Promise<string>;
}

/** Resolves behind the answer to EHLO. */
async function open(t: TestContext, { address }: TestServer, certificate = {}): Promise<Session> {
  const socket: TLSSocket = connect({ ...address, rejectUnauthorized: false, ...certificate });
  t.after(() => void socket.destroy());
  socket.setEncoding("utf8");
  let received = "";
  socket.on("data", (text: string) => (received += text));
  const reply = async (): Promise<string> => {
    while (!/^\d{3} .*\r\n/m.test(received)) await once(socket, "data");
    const whole = received;
    received = "";
    return whole;
  };
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    return reply();
  };
  await reply();
  await say("EHLO client.example");
  return { say };
}

const noPython = await whyMissing("python3");

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function xoauth2(token: string, name = user): string {
  return `AUTH XOAUTH2 ${base64(`user=${name}\u0001auth=Bearer ${token}\u0001\u0001`)}`;
}

function bearer(token: string, name = user): string {
  return `AUTH OAUTHBEARER ${base64(`n,a=${name},\u0001auth=Bearer ${token}\u0001\u0001`)}`;
}

describe("a token logs in", () => {
  test("whom its issuer has named, who sends then", async (t) => {
    const { server, sink, token } = await startWorld(t);
    for (const start of [xoauth2, bearer]) {
      const { say } = await open(t, server);
      assert.match(await say(start(await token())), /^235 /);
      assert.match(await say(`MAIL FROM:<${user}>`), /^250 /);
      assert.match(await say("RCPT TO:<bob@far.example>"), /^250 /);
      assert.match(await say("DATA"), /^354 /);
      assert.match(await say(`From: ${user}\r\n\r\nHello\r\n.`), /^250 /);
      await sink.untilFor("bob@far.example");
    }
  });

  test("nobody else, whatever the token", async (t) => {
    const { server, authority, token } = await startWorld(t);
    const { say } = await open(t, server);
    const hint = `334 ${base64(
      JSON.stringify({
        status: "invalid_token",
        "openid-configuration": `${authority.issuer}/.well-known/openid-configuration`,
      }),
    )}\r\n`;
    assert.equal(await say(bearer(await token({ aud: "another" }))), hint);
    assert.match(await say("AQ=="), /^535 /);
    assert.equal(await say(bearer(await token(), "bob@example.org")), hint);
    assert.match(await say("AQ=="), /^535 /);
    // A good token, for an account that we do not have.
    const bob = "bob@example.org";
    assert.match(await say(xoauth2(await token({ email: bob }), bob)), /^334 /);
    assert.match(await say(""), /^535 /);
  });

  test("later, where the issuer does not answer", async (t) => {
    const { server, authority, token } = await startWorld(t);
    await authority.stop();
    const { say } = await open(t, server);
    assert.match(await say(bearer(await token())), /^454 4\.7\.0 /);
    const { why } = await server.untilLogged(({ event }) => event === "login-unavailable");
    assert.match(String(why), /cannot be read/);
  });

  test("Python's smtplib, with a token", { skip: noPython }, async (t) => {
    const { server, token } = await startWorld(t);
    const script = `
import smtplib, ssl, sys
context = ssl._create_unverified_context()
with smtplib.SMTP_SSL("127.0.0.1", int(sys.argv[1]), context=context) as server:
    server.ehlo()
    said = "user=" + sys.argv[2] + "\\1auth=Bearer " + sys.argv[3] + "\\1\\1"
    print(server.auth("XOAUTH2", lambda challenge=None: said)[0])
`;
    const words = ["-c", script, String(server.address.port), user, await token()];
    assert.equal((await runCommand("python3", words)).stdout, "235\n");
  });
});

describe("a client's certificate logs in", () => {
  test("the account that it names, and no other", async (t) => {
    const printer = makeSelfSigned({ names: ["Alice@example.org"], now: Date.now() });
    const stranger = makeSelfSigned({ names: [user], now: Date.now() });
    const authorities = join(await temporaryFolder(t), "clients.pem");
    await writeFile(authorities, printer.certificate);
    const { server } = await startWorld(t, { "client-authorities": authorities });
    const pair = { cert: printer.certificate, key: printer.key };
    for (const named of ["=", base64(user)]) {
      const { say } = await open(t, server, pair);
      assert.match(await say(`AUTH EXTERNAL ${named}`), /^235 /);
      assert.match(await say(`MAIL FROM:<${user}>`), /^250 /);
    }
    const { say } = await open(t, server, pair);
    assert.match(await say(`AUTH EXTERNAL ${base64("bob@example.org")}`), /^535 /);
    const other = await open(t, server, { cert: stranger.certificate, key: stranger.key });
    assert.doesNotMatch(await other.say("EHLO client.example"), /EXTERNAL/);
    assert.match(await other.say("AUTH EXTERNAL ="), /^5\d\d /);
  });
});
