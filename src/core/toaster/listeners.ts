// Where the server listens: on the ports that people's programs are set to, and on those besides that
// the scripts name.

import { formatEndpoint } from "../config/values/endpoint.ts";
import { formatIp, parseIp } from "../mail/ip.ts";
import type { DraftListener } from "./draft.ts";
import { type At, type Report } from "./report.ts";
import type { Service } from "./services.ts";
import type { Toaster } from "./toaster.ts";

interface Usual {
  readonly name: string;
  readonly role: DraftListener["role"];
  readonly port: number;
  readonly implicitTls: boolean;
}

const usual: readonly Usual[] = [
  { name: "mx", role: "mx", port: 25, implicitTls: false },
  { name: "submission", role: "submission", port: 587, implicitTls: false },
  { name: "submissions", role: "submission", port: 465, implicitTls: true },
  { name: "pop3", role: "pop3", port: 110, implicitTls: false },
  { name: "pop3s", role: "pop3", port: 995, implicitTls: true },
];

const everywhere = ["0.0.0.0", "::"];

export function findListeners(
  { imap }: Pick<Toaster, "imap">,
  services: readonly Service[],
  report: Report,
): readonly DraftListener[] {
  for (const service of services) tellOf(service, report);
  const loggedInTo = services.find(({ kind }) => kind === "submission" || kind === "pop3");
  report.translated(
    loggedInTo?.at ?? { path: "listeners" },
    "users log in over TLS alone: programs that are set to no encryption must be set to STARTTLS, or to TLS on ports 465 and 995",
  );
  if (imap !== undefined) tellOfImap({ path: imap }, report);
  const listeners = usual.map(({ name, role, port, implicitTls }) => {
    const ran = services.filter((service) => service.kind === role && service.port === port);
    const hosts = hostsOf(ran);
    return { name, role, implicitTls, listen: hosts.map((host) => at(host, port)), at: ran[0]?.at };
  });
  return [...listeners, ...unusual(services)];
}

function at(host: string, port: number): string {
  return formatEndpoint({ host, port });
}

/** An mx listener of its own for each port that people would not expect. */
function unusual(services: readonly Service[]): readonly DraftListener[] {
  const ports = new Map<number, Service[]>();
  for (const service of services) {
    const { kind, port } = service;
    if (kind !== "mx" || port === undefined || port === 25) continue;
    ports.set(port, [...(ports.get(port) ?? []), service]);
  }
  return [...ports].map(([port, ran]) => ({
    name: `mx-${port}`,
    role: "mx",
    implicitTls: false,
    listen: hostsOf(ran).map((host) => at(host, port)),
    at: ran[0]?.at,
  }));
}

/** The addresses that tcpserver was bound to; every address where it was bound to 0, or to a name. */
function hostsOf(services: readonly Service[]): readonly string[] {
  const hosts = services.map(({ address = "0" }) => parseIp(address));
  const named = hosts.flatMap((ip) => (ip === undefined ? [] : [formatIp(ip)]));
  const isBound = named.length === hosts.length && hosts.length > 0;
  if (!isBound || named.some((host) => everywhere.includes(host))) return everywhere;
  return [...new Set(named)];
}

function tellOf({ kind, at: place, port, others }: Service, report: Report): void {
  if (kind === "other") tellOfOther(place, port, report);
  else report.taken(place, `listeners: ${roleWords[kind]} on port ${port ?? "unknown"}`);
  for (const program of others) {
    report.operator(place, `${program} stood before qmail-smtpd; what it did is not done here`);
  }
}

const roleWords = {
  mx: "mail from other servers",
  submission: "mail of users who log in",
  pop3: "POP3",
};

function tellOfImap(place: At, report: Report): void {
  report.operator(
    place,
    "there is no IMAP here: see where the server that this belongs to finds mailboxes and passwords once the mail is moved",
  );
}

function tellOfOther(place: At, port: number | undefined, report: Report): void {
  if (port === 143 || port === 993) tellOfImap(place, report);
  else report.leftOut(place, `the service on port ${port ?? "unknown"} is none of this server's`);
}
