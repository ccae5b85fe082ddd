// Bailiwick, as everybody meets it in these tests.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { formatKeyRecord, keyRecordName } from "../../../src/core/dkim/key-record.ts";
import type { Certificate } from "../../support/certificates.ts";
import { callOperation } from "../../support/control.ts";
import { addAccounts } from "../../support/mailbox.ts";
import { behindProxy } from "../../support/proxied.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../../support/server.ts";
import { txtOf } from "../../support/signed-dns.ts";

export const alice = "alice@ours.test";
/** Its host's certificate is not the one of its TLSA record, nor for the name that its policy lists. */
export const misled = "alice@wrong.ours.test";

/** May relay. */
export const ownClient = "192.0.2.7";

interface Surroundings {
  /** The address of the resolver, on port 53. */
  readonly resolver: string;
  /** Those that are trusted, a file. */
  readonly authorities: string;
  /** For `mx.ours.test`. */
  readonly certificate: Certificate;
}

export async function startOurs(
  t: TestContext,
  { resolver, authorities, certificate: { cert, key } }: Surroundings,
): Promise<TestServer> {
  const folder = await temporaryFolder(t);
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
    env: { SSL_CERT_FILE: authorities },
  });
  await addAccounts(server, alice, misled);
  return server;
}

/** Makes keys for `ours.test`; returns the lines of a zone file that publish them. */
export async function makeKeys(server: TestServer): Promise<readonly string[]> {
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
