// Whether the old certificate can be served: it is tried out as the server would at its start, which
// refuses the short keys and old signatures of many an old one.

import type { Draft } from "../../core/toaster/draft.ts";
import { printable } from "../../core/smtp/reply.ts";
import type { Report } from "../../core/toaster/report.ts";
import { readKeyPair } from "../../io/tls/key-pair.ts";

/** The draft, without a certificate that could not be served. */
export async function withUsableCertificate(
  draft: Draft,
  now: number,
  report: Report,
): Promise<Draft> {
  const { certificate, hostname } = draft;
  if (certificate === undefined) return draft;
  const { value: path, at } = certificate;
  const pair = await readKeyPair({ certificate: path, key: path }, undefined);
  if (!pair.ok) {
    report.operator(
      at,
      `it cannot be used (${printable(pair.problem)}), and one is made until you name another; see \`tls\``,
    );
    return { ...draft, certificate: undefined };
  }
  report.taken(at, "tls.certificate and tls.key: the file holds both");
  const { expiresAt, names } = pair.value;
  if (expiresAt < now) {
    const day = new Date(expiresAt).toISOString().slice(0, 10);
    report.operator(at, `it has expired on ${day}; get another one (docs/certificates.md)`);
  }
  if (hostname !== undefined && !names.some((name) => isFor(name, hostname.value))) {
    report.operator(
      at,
      `it is for ${names.join(", ") || "no name"}, and not for ${hostname.value}: see by which name mail programs reach this host`,
    );
  }
  return draft;
}

/** A star stands for one label (RFC 6125 §6.4.3). */
function isFor(name: string, host: string): boolean {
  return (
    name === host || (name.startsWith("*.") && host.slice(host.indexOf(".")) === name.slice(1))
  );
}
