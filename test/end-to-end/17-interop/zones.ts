import type { Certificate } from "../../support/certificates.ts";
import type { SigningKey } from "../../support/peers/signing-key.ts";
import { tlsaOf, txtOf, type Zone } from "../../support/signed-dns.ts";

interface World {
  readonly addresses: Readonly<Record<"ours" | "theirs" | "web", string>>;
  readonly certificates: Readonly<Record<"ours" | "theirs", Certificate>>;
  /** Lines with the keys that we sign with. */
  readonly keys: readonly string[];
  readonly signsWith: SigningKey;
  /** Where the peer comes from, as we see it. */
  readonly strangerAt: string;
}

/** Domains that publish a policy (MTA-STS). */
export const enforcing = ["ours.test", "wrong.ours.test", "sts.test", "off.test"];

/** What the world says of both sides. Every domain has one host, `mx.DOMAIN`; all hosts of a side are the
 * same server, whose certificate is not for all of their names. */
export function zonesOf({
  addresses,
  certificates,
  keys,
  signsWith,
  strangerAt,
}: World): readonly Zone[] {
  const { ours, theirs, web } = addresses;
  return [
    {
      name: "ours.test",
      signatures: "right",
      records: [
        ...host("@", ours, tlsaOf(3, certificates.ours)),
        ...host("wrong", ours, tlsaOf(3, certificates.theirs)),
        ...policy("@", web),
        ...policy("wrong", web),
        ...sends("127.0.0.1"),
        ...keys,
      ],
    },
    {
      name: "peer.test",
      signatures: "right",
      records: [
        ...host("@", theirs, tlsaOf(3, certificates.theirs)),
        ...host("wrong", theirs, tlsaOf(3, certificates.ours)),
        ...sends(strangerAt),
        `${signsWith.selector}._domainkey ${txtOf(signsWith.record)}`,
      ],
    },
    ...["sts.test", "off.test"].map((name) => ({
      name,
      signatures: "none" as const,
      records: [...host("@", theirs), ...policy("@", web)],
    })),
  ];
}

function host(domain: string, address: string, tlsa?: string): readonly string[] {
  const name = below("mx", domain);
  return [
    `${domain} MX 10 ${name}`,
    `${name} A ${address}`,
    ...(tlsa === undefined ? [] : [`_25._tcp.${name} ${tlsa}`]),
  ];
}

function policy(domain: string, web: string): readonly string[] {
  return [
    `${below("_mta-sts", domain)} ${txtOf("v=STSv1; id=1;")}`,
    `${below("mta-sts", domain)} A ${web}`,
  ];
}

/** Nobody else sends in the zone's name, and nothing is believed that is not signed or sent so. */
function sends(...addresses: readonly string[]): readonly string[] {
  const from = addresses.map((address) => `ip4:${address}`).join(" ");
  return [`@ ${txtOf(`v=spf1 ${from} -all`)}`, `_dmarc ${txtOf("v=DMARC1; p=reject")}`];
}

function below(name: string, domain: string): string {
  return domain === "@" ? name : `${name}.${domain}`;
}
