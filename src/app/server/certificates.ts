// The server's certificates: those of the configuration, or one that is made at the first start.

import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Settings } from "../../core/config/settings.ts";
import { type Certificates, openCertificates } from "../../io/tls/certificates.ts";
import type { KeyPair, KeyPairFiles } from "../../io/tls/key-pair.ts";
import { makeSelfSigned } from "../../io/tls/self-signed.ts";
import type { Log } from "../../server/log.ts";
import { ConfigurationError } from "../errors.ts";
import { readClientAuthorities, tryCertificateFiles } from "./certificate-files.ts";

/** Milliseconds between two looks at the files. */
const lookEvery = 1_000;
const day = 86_400_000;
/** Days before its end at which a certificate is worth a warning: renewal has failed by then. */
const soon = 7 * day;

/** Opens the certificates and keeps an eye on their files.
 * @param now UTC milliseconds.
 * @throws {ConfigurationError} where one cannot be used, with its place. */
export async function openServerCertificates(
  settings: Settings,
  log: Log,
  now: () => number,
): Promise<Certificates> {
  const { certificates } = settings.tls;
  await tryCertificateFiles(settings);
  const clientAuthorities = await readClientAuthorities(settings);
  const files = certificates.length > 0 ? certificates : [await selfSigned(settings, log, now())];
  const warn = warner(log, now);
  const opened = await openCertificates({
    files,
    ...(clientAuthorities !== undefined && { clientAuthorities }),
    onTaken(taken, pair) {
      const { certificate } = taken;
      log.info({ event: "certificate", certificate }, "a changed certificate is in use");
      warn(taken, pair);
    },
    onRefused: ({ certificate }, problem) =>
      log.error(
        { event: "certificate-refused", certificate, problem },
        "a changed certificate cannot be used; the one before stays in use",
      ),
  });
  if (!opened.ok) throw new ConfigurationError(`tls: ${opened.problem}`);
  for (const [index, pair] of opened.value.pairs.entries()) {
    const shown = files[index];
    if (shown !== undefined) warn(shown, pair);
  }
  opened.value.watch(lookEvery);
  return opened.value;
}

function warner(log: Log, now: () => number) {
  return ({ certificate, key }: KeyPairFiles, { expiresAt, warning }: KeyPair): void => {
    if (warning !== undefined) log.warn({ event: "key-open", key }, warning);
    const left = expiresAt - now();
    if (left > soon) return;
    const text = left < 0 ? "a certificate has expired" : "a certificate expires soon";
    const expires = new Date(expiresAt).toISOString();
    log.warn({ event: "certificate-expires", certificate, expires }, text);
  };
}

/** Made once, and kept, so that clients that were told to trust it go on to. */
async function selfSigned(
  { data, hostname }: Settings,
  log: Log,
  now: number,
): Promise<KeyPairFiles> {
  const folder = join(data, "tls");
  const files = {
    certificate: join(folder, "self-signed.pem"),
    key: join(folder, "self-signed.key"),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The certificate is written last: where it is, the key is too.
  if (await exists(files.certificate)) return files;
  const made = makeSelfSigned({ names: [hostname], now });
  await writeWhole(files.key, made.key);
  await writeWhole(files.certificate, made.certificate);
  log.info(
    { event: "certificate-made", certificate: files.certificate },
    "no certificate is configured: a self-signed one was made, which mail clients warn of; see tls in the manual",
  );
  return files;
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch {
    return false;
  }
}

/** The file is there with all of its content, or not at all. */
async function writeWhole(path: string, content: string): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
