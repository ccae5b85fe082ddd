// Postfix as our smart host, with TLS, and with logins that Dovecot checks.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { postfix, startPostfix } from "../../../bench/servers/postfix.ts";
import { openWorkspace } from "../../../bench/workspace.ts";
import { whyMissing } from "../../support/command.ts";
import { startDovecotAuth } from "../../support/dovecot-auth.ts";
import { freePort } from "../../support/free-port.ts";
import { startSink } from "../../support/sink.ts";
import type { Certificate } from "../../support/certificates.ts";
import { authority, protectedBy, startRelay, verified } from "./world.ts";

const user = "relay";
const password = "our, secret=";
const peer = postfix.availability();
const skip =
  (!peer.available && process.env["CI"] === undefined && `Postfix: ${peer.why}`) ||
  (await whyMissing("dovecot"));

/** Mechanisms that the service of each domain offers. */
const mechanisms = {
  "scram-sha-256.example": "SCRAM-SHA-256",
  "scram-sha-1.example": "SCRAM-SHA-1",
  "plain.example": "PLAIN",
  "login.example": "LOGIN",
} as const;

test("Postfix is our smart host, over TLS and with a login", { skip }, async (t) => {
  const workspace = openWorkspace();
  t.after(() => workspace.close());
  const sink = await startSink(t);
  const dovecot = await startDovecotAuth(workspace, user, password);
  const folder = workspace.folder("certificates");
  const write = async (name: string, { key, cert }: Certificate): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, key + cert, { mode: 0o600 });
    return file;
  };
  const good = await write("good.pem", authority.issue({ names: ["localhost"] }));
  const other = await write("other.pem", authority.issue({ names: ["other.example"] }));
  const ports = new Map<string, number>();
  const services: string[] = ["tlsmgr unix - - n 1000? 1 tlsmgr"];
  const offer = async (domain: string, ...options: readonly string[]) => {
    const port = await freePort();
    ports.set(domain, port);
    const words = options.map((option) => ` -o ${option}`).join("");
    services.push(`127.0.0.1:${port} inet n - n - - smtpd${words}`);
  };
  for (const [domain, mechanism] of Object.entries(mechanisms)) {
    await offer(domain, `smtpd_sasl_mechanism_filter=${mechanism.toLowerCase()}`);
  }
  await offer("implicit.example", "smtpd_tls_wrappermode=yes");
  await offer("other.example", `smtpd_tls_chain_files=${other}`);
  await offer("old.example", "smtpd_tls_mandatory_protocols=<=TLSv1.1");
  await offer("wrong.example");
  const changes = {
    smtpd_tls_security_level: "encrypt",
    smtpd_tls_chain_files: good,
    smtpd_sasl_auth_enable: "yes",
    smtpd_sasl_type: "dovecot",
    smtpd_sasl_path: `inet:127.0.0.1:${dovecot}`,
    smtpd_relay_restrictions: "permit_sasl_authenticated, reject",
  };
  const address = { host: "127.0.0.1", port: sink.endpoint.port } as const;
  const server = await startPostfix({ workspace, sink: address }, changes, services);
  t.after(() => server.stop());

  const secret = join(folder, "secret");
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  const wrong = join(folder, "wrong");
  await writeFile(wrong, "no such secret\n", { mode: 0o600 });
  const hosts = [...ports].map(([domain, port]) => {
    const file = domain === "wrong.example" ? wrong : secret;
    const route = {
      ...verified,
      "implicit-tls": domain === "implicit.example",
      login: { user, "password-file": file },
    };
    return [domain, { port, route }] as const;
  });
  const relay = await startRelay(t, Object.fromEntries(hosts));

  for (const [domain, mechanism] of Object.entries(mechanisms)) {
    await t.test(`logged in to with ${mechanism}`, async () => {
      await relay.send(domain);
      const [attempt] = await relay.attempts(1, domain);
      assert.equal(attempt?.state, "delivered", `${attempt?.said}\n${server.log()}`);
      assert.equal(protectedBy(attempt), "verified");
      await sink.untilFor(`bob@${domain}`);
      assert.match(server.log(), new RegExp(`sasl_method=${mechanism}, sasl_username=${user}`));
    });
  }

  await t.test("TLS from the first octet", async () => {
    await relay.send("implicit.example");
    const [attempt] = await relay.attempts(1, "implicit.example");
    assert.equal(attempt?.state, "delivered", attempt?.said);
  });

  await t.test(
    "a certificate for another name gets no password, and the queue says so",
    async () => {
      await relay.send("other.example");
      await relay.attempts(1, "other.example");
      const { stdout } = await relay.server.run("queue", "list", "--domain", "other.example");
      assert.match(stdout, /4\.7\.5 the certificate is for other\.example, not for localhost/);
    },
  );

  await t.test("a server that knows old TLS alone gets nothing", async () => {
    await relay.send("old.example");
    const [attempt] = await relay.attempts(1, "old.example");
    assert.equal(attempt?.state, "deferred");
    assert.match(attempt.said, /^4\.7\.5 .*there is no version of TLS in common/);
  });

  await t.test("a wrong password waits, in Postfix's words", async () => {
    await relay.send("wrong.example");
    const [attempt] = await relay.attempts(1, "wrong.example");
    assert.equal(attempt?.state, "deferred");
    assert.match(attempt.said, /^535 5\.7\.8 .*authentication failed/);
  });
});
