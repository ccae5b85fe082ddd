// The certificates that the server shows, each for its names (SNI, RFC 6066 §3), taken anew when
// their files change. What cannot be used never replaces what can.

import { stat } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { bad, good, type Result } from "../../core/result.ts";
import { type KeyPair, type KeyPairFiles, readKeyPair } from "./key-pair.ts";

export interface CertificatesOptions {
  /** The first is shown to whoever asks for no name, or for one that no certificate has. */
  readonly files: readonly KeyPairFiles[];
  /** PEM of the authorities whose client certificates are believed. */
  readonly clientAuthorities?: string;
  /** A changed pair is in use from now on. */
  readonly onTaken: (files: KeyPairFiles, pair: KeyPair) => void;
  /** A changed pair is of no use: the one before stays. Told once for each change. */
  readonly onRefused: (files: KeyPairFiles, problem: string) => void;
}

export interface Certificates {
  /** @param name what the client asks for; may be empty. */
  find(name: string): KeyPair;
  readonly pairs: readonly KeyPair[];
  /** The same, each with where it comes from. */
  readonly shown: readonly Shown[];
  /** Looks at the files now; resolves when what has changed is in use. */
  refresh(): Promise<void>;
  /** Looks at the files every so many milliseconds, without keeping the process alive. */
  watch(interval: number): void;
  stop(): void;
}

interface Shown {
  readonly files: KeyPairFiles;
  readonly pair: KeyPair;
}

interface Entry {
  readonly files: KeyPairFiles;
  pair: KeyPair;
  /** What the files looked like when they were last read. */
  seen: string;
}

/** Reads all pairs; the problem names the first file that is of no use. */
export async function openCertificates(
  options: CertificatesOptions,
): Promise<Result<Certificates, string>> {
  const entries: Entry[] = [];
  for (const files of options.files) {
    const seen = await look(files);
    const pair = await readKeyPair(files, options.clientAuthorities);
    if (!pair.ok) return pair;
    entries.push({ files, pair: pair.value, seen });
  }
  const [first] = entries;
  if (first === undefined) return bad("no certificate is configured");
  return good(serve(first, entries, options));
}

function serve(
  first: Entry,
  entries: readonly Entry[],
  options: CertificatesOptions,
): Certificates {
  let byName = index(entries);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  async function takeIfChanged(entry: Entry): Promise<void> {
    const seen = await look(entry.files);
    if (seen === entry.seen) return;
    entry.seen = seen;
    const pair = await readKeyPair(entry.files, options.clientAuthorities);
    // A pair is written as two files: between the two writes they do not match. Whatever is wrong
    // may be mended with the next change, and until then the pair before is shown.
    if (!pair.ok) return options.onRefused(entry.files, pair.problem);
    entry.pair = pair.value;
    byName = index(entries);
    options.onTaken(entry.files, pair.value);
  }

  async function lookAtAll(): Promise<void> {
    for (const entry of entries) await takeIfChanged(entry);
  }

  return {
    find(name) {
      const wanted = name.toLowerCase();
      return (byName.get(wanted) ?? byName.get(wildcardFor(wanted)) ?? first).pair;
    },
    get pairs() {
      return entries.map(({ pair }) => pair);
    },
    get shown() {
      return entries.map(({ files, pair }) => ({ files, pair }));
    },
    refresh() {
      looking ??= lookAtAll().finally(() => (looking = undefined));
      return looking;
    },
    watch(interval) {
      timer = setInterval(() => void this.refresh(), interval);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

/** Of two certificates for one name, the one that is configured first counts. */
function index(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const byName = new Map<string, Entry>();
  for (const entry of entries) {
    for (const name of entry.pair.names) if (!byName.has(name)) byName.set(name, entry);
  }
  return byName;
}

function wildcardFor(name: string): string {
  return name.replace(/^[^.]+/, "*");
}

/** Size, time and number of both files: a change of either is a change of the pair. A file that is
 * missing for a moment, as while it is replaced, looks like nothing. */
async function look({ certificate, key }: KeyPairFiles): Promise<string> {
  const looks = await Promise.all([certificate, key].map((path) => stat(path).catch(() => null)));
  return looks
    .map((at) => (at === null ? "none" : `${at.ino} ${at.size} ${at.mtimeMs}`))
    .join("; ");
}

/** For `tls.TLSSocket`: the certificate for the name that the client asks for. */
export function sniCallback(certificates: Certificates) {
  return (name: string, give: (error: null, context: SecureContext) => void): void =>
    give(null, certificates.find(name).context);
}
