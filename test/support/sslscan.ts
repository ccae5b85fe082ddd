// Debian's sslscan, which tries every version and cipher of TLS, and what we hold to be wrong in what
// it finds.

import { runCommand } from "./command.ts";
import type { Endpoint } from "./server.ts";

export interface Scan {
  /** `tls 1.3`, those that the server speaks. */
  readonly versions: readonly string[];
  /** Those that it takes, as OpenSSL calls them. */
  readonly ciphers: readonly string[];
  /** What is wrong, a sentence each; empty where all is as it should be. */
  readonly faults: readonly string[];
}

type Element = Readonly<Record<string, string>>;

/** @throws {Error} where there is no TLS to be seen: a scan of nothing finds no fault. */
export async function scanTls(
  { host, port }: Endpoint,
  { startTls }: { readonly startTls: "smtp" | "pop3" | "none" },
): Promise<Scan> {
  const words = [
    "--no-colour",
    "--xml=-",
    ...(startTls === "none" ? [] : [`--starttls-${startTls}`]),
  ];
  const { stdout, stderr } = await runCommand("sslscan", [...words, `${host}:${port}`]);
  const scan = judgeScan(stdout);
  if (scan.versions.length === 0) throw new Error(`sslscan found no TLS:\n${stdout}${stderr}`);
  return scan;
}

/** @param xml what sslscan 2 writes. */
export function judgeScan(xml: string): Scan {
  const versions = elementsOf(xml, "protocol")
    .filter(({ enabled }) => enabled === "1")
    .map(({ type, version }) => `${type} ${version}`);
  const ciphers = elementsOf(xml, "cipher");
  return {
    versions,
    ciphers: ciphers.map(({ cipher = "" }) => cipher),
    faults: [
      ...versions
        .filter((version) => !["tls 1.2", "tls 1.3"].includes(version))
        .map((version) => `${version} is spoken`),
      ...ciphers.flatMap(faultsOfCipher),
      ...elementsOf(xml, "compression")
        .filter(({ supported }) => supported === "1")
        .map(() => "what is sent is compressed (CRIME)"),
      ...elementsOf(xml, "renegotiation")
        .filter(({ supported, secure }) => supported === "1" && secure !== "1")
        .map(() => "renegotiation is not secure (RFC 5746)"),
      ...elementsOf(xml, "heartbleed")
        .filter(({ vulnerable }) => vulnerable !== "0")
        .map(({ sslversion }) => `memory can be read with ${sslversion} (Heartbleed)`),
      ...[...xml.matchAll(/<signature-algorithm>(.*(?:md5|sha1).*)</gi)].map(
        ([, algorithm]) => `the certificate is signed with ${algorithm}`,
      ),
      ...elementsOf(xml, "pk")
        .filter(({ error, type, bits }) => error !== "false" || (type === "RSA" && +bits! < 2048))
        .map(({ type, bits }) => `the certificate's key is weak (${type}, ${bits} bits)`),
    ],
  };
}

/** RFC 9325 §4.2: forward secrecy, and encryption that authenticates. */
function faultsOfCipher({ cipher = "", sslversion, strength = "" }: Element): readonly string[] {
  const isFine = /^(?:TLS_|ECDHE-).*(?:GCM|CHACHA20)/.test(cipher);
  if (isFine && ["strong", "acceptable"].includes(strength)) return [];
  return [`${cipher} is taken with ${sslversion} (${strength})`];
}

function elementsOf(xml: string, name: string): readonly Element[] {
  return [...xml.matchAll(new RegExp(`<${name}\\s([^>]*)>`, "g"))].map(([, attributes = ""]) =>
    Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        value,
      ]),
    ),
  );
}
