// What the tests on MariaDB share: a server that speaks TLS.

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { makeSelfSigned } from "../../tls/self-signed.ts";

/** The server's options, and what a client has to trust. */
export async function tlsOf(
  name: string,
): Promise<{ readonly ca: string; readonly options: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-tls-"));
  after(() => rm(folder, { recursive: true, force: true }));
  // The server has a user of its own.
  await chmod(folder, 0o755);
  const { certificate, key } = makeSelfSigned({ names: [name], now: Date.now() });
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  await writeFile(files.cert, certificate);
  await writeFile(files.key, key);
  return { ca: certificate, options: [`--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`] };
}
