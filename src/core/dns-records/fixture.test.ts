// A domain that the tests of its records share.

import { parseIp } from "../mail/ip.ts";
import type { DomainFacts } from "./facts.ts";

export function ips(...texts: readonly string[]) {
  return texts.flatMap((text) => parseIp(text) ?? []);
}

export const rsaKey = "R".repeat(392);
export const edKey = `${"E".repeat(43)}=`;
export const digest = "ab".repeat(32);

export function factsOf(changes: Partial<DomainFacts> = {}): DomainFacts {
  return {
    domain: "example.org",
    hostname: "mail.example.org",
    deliver: "mailboxes",
    addresses: ips("192.0.2.25", "2001:db8::25"),
    smartHost: undefined,
    keys: [
      {
        name: "20261126",
        state: "active",
        isOver: false,
        publicKeys: { rsa: rsaKey, ed25519: edKey },
      },
    ],
    services: [
      { name: "submission", port: 587 },
      { name: "submissions", port: 465 },
      { name: "pop3s", port: 995 },
    ],
    certificate: digest,
    today: "20261126",
    ...changes,
  };
}
