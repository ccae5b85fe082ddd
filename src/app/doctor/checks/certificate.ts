import type { Settings } from "../../../core/config/settings.ts";
import { type CertificateFact, judgeCertificates } from "../../../core/doctor/certificate.ts";
import { readKeyPair } from "../../../io/tls/key-pair.ts";
import type { Check } from "../check.ts";

const day = 86_400_000;

export const certificate: Check = {
  topic: "certificate",
  async run({ settings, clock }) {
    return judgeCertificates({
      hostname: settings.hostname,
      usersLogIn: settings.listeners.some(({ role }) => role === "submission" || role === "pop3"),
      certificates: await readCertificateFacts(settings, clock.now()),
    });
  },
};

/** @param now UTC milliseconds */
export function readCertificateFacts(
  { tls }: Settings,
  now: number,
): Promise<readonly CertificateFact[]> {
  return Promise.all(
    tls.certificates.map(async (files): Promise<CertificateFact> => {
      const pair = await readKeyPair(files, undefined);
      if (!pair.ok) return { kind: "unusable", why: pair.problem };
      const { names, expiresAt, leaf } = pair.value;
      return {
        kind: "read",
        file: files.certificate,
        names,
        daysLeft: (expiresAt - now) / day,
        isSelfSigned: leaf.checkIssued(leaf) && leaf.verify(leaf.publicKey),
      };
    }),
  );
}
