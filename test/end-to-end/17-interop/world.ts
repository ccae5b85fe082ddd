// Bailiwick and somebody else's mail server on addresses of their own, each with the ports of the world.
// Between them stand signed zones and a resolver that validates, policies by HTTPS, and an authority
// that both trust.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { formatKeyRecord, keyRecordName } from "../../../src/core/dkim/key-record.ts";
import { type Certificate, makeAuthority } from "../../support/certificates.ts";
import { whyMissing } from "../../support/command.ts";
import { callOperation } from "../../support/control.ts";
import { addAccounts } from "../../support/mailbox.ts";
import { freeAddress } from "../../support/peers/loopback.ts";
import { openMachine, whyNoMachine } from "../../support/peers/machine.ts";
import type { PeerRequest } from "../../support/peers/peer.ts";
import { startPolicySite } from "../../support/peers/policy-site.ts";
import { makeSigningKey } from "../../support/peers/signing-key.ts";
import { behindProxy, openSessionFrom, startProxy } from "../../support/proxied.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../../support/server.ts";
import { startSignedDns, txtOf } from "../../support/signed-dns.ts";
import type { Attempt } from "../10-transport/world.ts";
import { enforcing, zonesOf } from "./zones.ts";

/** Ours in both directions. */
export const alice = "alice@ours.test";
/** Its host's certificate is not the one of its TLSA record, nor for the name that its policy lists. */
export const misled = "alice@wrong.ours.test";
/** The peer's. */
export const zoe = "zoe@peer.test";

/** May relay through us. */
const ownClient = "192.0.2.7";
/** Nothing is verified for clients on loopback: the peer comes from here. */
const strangerAt = "203.0.113.9";
const authoritiesFile = "authorities.pem";

export interface World {
  readonly server: TestServer;
  /** All that a peer is told. */
  readonly request: PeerRequest;
  /** From `alice` to the peer's `zoe@DOMAIN`; resolves with the first attempt. */
  send(domain: string): Promise<Attempt>;
}

/** Why there can be none here; false where there can. */
export async function whyNoWorld(): Promise<string | false> {
  return (await whyNoMachine()) || (await whyMissing("knotd")) || (await whyMissing("unbound"));
}

/** @param files of the peer's machine. */
export async function startWorld(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<World> {
  const [ours, theirs, resolver, web] = await Promise.all(
    Array.from({ length: 4 }, () => freeAddress()),
  );
  assert.ok(ours !== undefined && theirs && resolver && web);
  const authority = makeAuthority("Test Authority");
  const folder = await temporaryFolder(t);
  const authorities = join(folder, authoritiesFile);
  await writeFile(authorities, authority.cert);
  const certificates = {
    ours: authority.issue({ names: ["mx.ours.test"] }),
    theirs: authority.issue({ names: ["mx.peer.test", "mx.sts.test"] }),
  };
  const signsWith = makeSigningKey("peer.test", "s1");
  const server = await startOurs(t, folder, resolver, certificates.ours);
  await startProxy(t, server.address, strangerAt, { host: ours, port: 25 });
  const keys = await makeKeys(server);
  const zones = zonesOf({
    addresses: { ours, theirs, web },
    certificates,
    keys,
    signsWith,
    strangerAt,
  });
  await startSignedDns(t, zones, { host: resolver, port: 53 });
  await startPolicySite(t, web, authority, enforcing);
  await callOperation(server, "dkimActivate", "ours.test", false);
  return {
    server,
    request: {
      machine: await openMachine(t, resolver, files),
      resolver,
      hostname: "mx.peer.test",
      address: theirs,
      users: [zoe, "zoe@sts.test"],
      domains: ["peer.test", "wrong.peer.test", "sts.test", "off.test"],
      certificate: certificates.theirs,
      authorities,
      signsWith,
    },
    async send(domain) {
      const to = `zoe@${domain}`;
      const session = await openSessionFrom(server.address, ownClient);
      await session.send({ from: alice, to: [to], content: letter(alice, to) });
      session.destroy();
      const attempt = await server.untilLogged(
        ({ event, recipient }) => event === "attempt" && recipient === to,
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the log's own words
      return attempt as unknown as Attempt;
    },
  };
}

/** What a signature has to survive: folded fields, spaces, dots, and more than ASCII. */
export function letter(from: string, to: string): string {
  return [
    `From: Someone <${from}>`,
    `To: <${to}>`,
    "Subject: Interop,",
    "  folded  twice",
    `Message-ID: <${Math.random()}@client.example>`,
    "Date: Thu, 26 Nov 2026 12:00:00 +0000",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "Grüße ,  with  spaces ",
    ".",
    "..and dots",
    "",
    "",
  ].join("\r\n");
}

async function startOurs(
  t: TestContext,
  folder: string,
  resolver: string,
  { cert, key }: Certificate,
): Promise<TestServer> {
  const files = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  await writeFile(files.certificate, cert);
  await writeFile(files.key, key, { mode: 0o600 });
  const server = await startBailiwick(t, {
    configuration: {
      hostname: "mx.ours.test",
      listeners: { mx: { role: "mx", ...behindProxy } },
      relay: { networks: [`${ownClient}/32`] },
      domains: {
        "ours.test": { deliver: "mailboxes" },
        "wrong.ours.test": { deliver: "mailboxes" },
      },
      dns: { servers: [`${resolver}:53`] },
      tls: files,
      authentication: { dmarc: "reject" },
      queue: { retry: ["1h"] },
    },
    env: { SSL_CERT_FILE: join(folder, authoritiesFile) },
  });
  await addAccounts(server, alice, misled);
  return server;
}

/** Makes keys for `ours.test`; returns the lines of a zone file that publish them. */
async function makeKeys(server: TestServer): Promise<readonly string[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what that operation returns
  const keys = (await callOperation(server, "dkimPrepare", "ours.test")) as Keys;
  return (["rsa", "ed25519"] as const).map((algorithm) => {
    const record = formatKeyRecord(algorithm, keys.publicKeys[algorithm]);
    return `${keyRecordName("ours.test", keys.name, algorithm)}. ${txtOf(record)}`;
  });
}

interface Keys {
  readonly name: string;
  readonly publicKeys: { readonly rsa: string; readonly ed25519: string };
}
