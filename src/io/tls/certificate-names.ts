import type { X509Certificate } from "node:crypto";

/** Whom a certificate is for: DNS names in lower case, which may begin with `*.`, and IP addresses.
 * The alternative names count; the common name only where there are none (RFC 6125 §6.4.4). */
export function certificateNames({
  subjectAltName,
  subject,
}: Pick<X509Certificate, "subjectAltName" | "subject">): readonly string[] {
  const alternative = [...(subjectAltName ?? "").matchAll(/(?:DNS|IP Address):([^\s,"]+)/g)].map(
    ([, name = ""]) => name.toLowerCase(),
  );
  if (alternative.length > 0) return alternative;
  const common = /^CN=(.+)$/m.exec(subject)?.[1];
  return common === undefined ? [] : [common.toLowerCase()];
}
