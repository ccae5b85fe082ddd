// What docs/certificates.md promises: certbot gets a certificate, its hook puts it in place, the server
// shows it to the next client. The hook is the one of that page.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { whyMissing } from "../support/command.ts";
import { startDns } from "../support/dns.ts";
import { startPebble } from "../support/pebble.ts";
import type { Endpoint } from "../support/server.ts";
import { startTlsServer } from "../support/tls-server.ts";
import { waitUntil } from "../support/wait.ts";

const skip = (await whyMissing("pebble")) || (await whyMissing("certbot"));
const name = "mail.example.org";

/** The page's script, for another folder and whoever runs the test. */
async function writeHook(to: string): Promise<string> {
  const page = await readFile(new URL("../../docs/certificates.md", import.meta.url), "utf8");
  const script = /^```sh\n(#!.*?)^```$/ms.exec(page)?.[1] ?? "";
  const adapted = script
    .replace("\nuser=bailiwick\n", `\nuser=${userInfo().username}\n`)
    .replace("\nto=/etc/bailiwick/tls\n", `\nto=${to}\n`);
  assert.doesNotMatch(adapted, /=bailiwick|=\/etc/);
  const path = join(dirname(to), "deploy-certificate");
  await writeFile(path, adapted);
  await chmod(path, 0o755);
  return path;
}

interface Client {
  readonly socket: TLSSocket;
  readonly serialNumber: string;
  readonly isTrusted: boolean;
}

async function dial(t: TestContext, { host, port }: Endpoint, ca: string): Promise<Client> {
  const socket = connect({ host, port, ca, servername: name, rejectUnauthorized: false });
  t.after(() => void socket.destroy());
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  return { socket, serialNumber, isTrusted: socket.authorized };
}

async function echo({ socket }: Client): Promise<string> {
  socket.write("still here");
  const [octets] = await once(socket, "data");
  return String(octets);
}

test(
  "a certificate of an ACME authority is shown within two seconds",
  { skip, timeout: 40_000 },
  async (t) => {
    const dns = await startDns({ [name]: { A: ["127.0.0.1"] } });
    t.after(() => dns.close());
    const pebble = await startPebble(t, dns.endpoint);
    const server = await startTlsServer(t);
    const hook = await writeHook(dirname(server.files.certificate));
    const clients = [await dial(t, server, pebble.root)];
    assert.equal(clients[0]?.isTrusted, false, "self-signed to begin with");

    const request = ["certonly", "--standalone", "-d", name, "--deploy-hook", hook];
    const account = ["--agree-tos", "--register-unsafely-without-email"];
    for (const words of [
      [...request, ...account],
      ["renew", "--force-renewal", "--no-random-sleep-on-renew"],
    ]) {
      const { code, stdout, stderr } = await pebble.certbot(...words);
      assert.equal(code, 0, stdout + stderr);
      const before = clients.at(-1)?.serialNumber;
      const next = await waitUntil(
        "the next client is shown another certificate",
        async () => {
          const client = await dial(t, server, pebble.root);
          return client.serialNumber !== before && client;
        },
        2_000,
      );
      assert.ok(next.isTrusted, "all that leads to the authority is shown");
      clients.push(next);
    }

    for (const client of clients) assert.equal(await echo(client), "still here");
    assert.equal((await stat(server.files.key)).mode & 0o777, 0o400);
    assert.ok(
      dns.queries.some((query) => query.endsWith(name)),
      "the name was validated",
    );
  },
);
