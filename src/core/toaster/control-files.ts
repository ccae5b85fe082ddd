// What qmail's control files are that have no key here, and why.

import { controlLines, type InstalledFile } from "./file.ts";
import { counted, type Report } from "./report.ts";

const forInject =
  "completes addresses that programs on the host hand to qmail-inject; nothing here does";
const forBounces =
  "bounces come from <> and from the hostname's MAILER-DAEMON; those that fail end in the log";
const forCiphers = "TLS 1.2 and up, with the ciphers of the TLS library, is what is spoken here";
const forBounds = "deliveries have bounds of their own (`queue` in the manual)";
const forAgents = "the program and its settings are no part of this server";

/** Files without an effect that would be missed. */
const useless: Readonly<Record<string, string>> = {
  bouncefrom: forBounces,
  bouncehost: forBounces,
  doublebouncehost: forBounces,
  doublebounceto: forBounces,
  defaultdomain: forInject,
  defaulthost: forInject,
  envnoathost: forInject,
  idhost: forInject,
  plusdomain: forInject,
  concurrencylocal: forBounds,
  concurrencyremote: forBounds,
  timeoutconnect: forBounds,
  timeoutremote: forBounds,
  localiphost: "mail to an address of this host in brackets is mail for a domain like any other",
  percenthack: "user%host@domain is never re-interpreted here: such relaying was a hole",
  smtpgreeting: "the greeting names the hostname, and no more",
  tlsserverciphers: forCiphers,
  tlsclientciphers: forCiphers,
  "clientcert.pem": "no certificate is shown to other servers",
  logcount: "the log goes to standard error; whoever starts the server keeps it",
  logsize: "the log goes to standard error; whoever starts the server keeps it",
};

/** Files whose effect is lost. */
const missed: Readonly<Record<string, string>> = {
  badmailfrom: "senders cannot be refused by their address here",
  badmailfrompatterns: "senders cannot be refused by their address here",
  badmailto: "recipients cannot be refused by a list here; an address without an account is",
  badmailtopatterns:
    "recipients cannot be refused by a list here; an address without an account is",
  badrcptto: "recipients cannot be refused by a list here; an address without an account is",
  badrcptpatterns: "recipients cannot be refused by a list here; an address without an account is",
  badhelo:
    "clients cannot be refused by the name that they greet with; address rules may refuse them",
  badloadertypes: "content is looked at by filters alone (`filters`, such as ClamAV)",
  badmimetypes: "content is looked at by filters alone (`filters`, such as ClamAV)",
  relaymailfrom:
    "it lets everybody relay who writes one of these senders, which is an open relay; let those clients log in, or put their addresses into relay.networks",
  tlsclients:
    "it lets clients relay by the mail address in their certificate; see tls.client-authorities",
  "clientca.pem": "certificates of clients log accounts in here; see tls.client-authorities",
  "clientcrl.pem": "certificates of clients log accounts in here; see tls.client-authorities",
  etrnhosts: "there is no ETRN here; the queue tries again by itself",
  qmqpservers: "mail is delivered from this host, and not handed to others by QMQP",
  simcontrol: forAgents,
  spfbehavior: "SPF is looked at, and by itself refuses nothing; see authentication.dmarc",
  spfrules:
    "SPF takes no rules of your own here; trusted forwarders that seal (ARC) go into authentication.trusted-sealers",
};

const ignored =
  /(?:^\.|~$|\.(?:lock|bak|orig|old|save|tmp|dist|sample)$|^(?:rsa|dh)[0-9]+\.pem$|^README)/i;

/** Those that other parts of the import read. */
const read: ReadonlySet<string> = new Set([
  "blacklists",
  "concurrencyincoming",
  "databytes",
  "helohost",
  "locals",
  "maxrcpt",
  "me",
  "morercpthosts",
  "morercpthosts.cdb",
  "queuelifetime",
  "rcpthosts",
  "servercert.pem",
  "smtproutes",
  "timeoutsmtpd",
  "virtualdomains",
]);

/** Tells of all files in `control` that no other part of the import looks at. */
export function reportOtherFiles(
  control: ReadonlyMap<string, InstalledFile>,
  report: Report,
): void {
  for (const [name, file] of control) {
    if (read.has(name) || ignored.test(name)) continue;
    if (useless[name] !== undefined) report.leftOut(file, useless[name]);
    else if (name === "defaultdelivery") reportDefaultDelivery(file, report);
    else reportMissed(name, file, report);
  }
}

function reportMissed(name: string, file: InstalledFile, report: Report): void {
  const count = name.endsWith(".pem") ? 1 : controlLines(file, report).length;
  const why = missed[name] ?? "nothing here is known to correspond to it; find out what it is for";
  if (count === 0) report.leftOut(file, "it is empty");
  else report.operator(file, `${counted(count, "entry", "entries")}, left out: ${why}`);
}

function reportDefaultDelivery(file: InstalledFile, report: Report): void {
  const lines = controlLines(file, report).map(({ text }) => text);
  const isMaildir = lines.every((line) => /^\.\/[^|&]*\/$/.test(line));
  if (isMaildir) report.leftOut(file, "mail goes into Maildirs, as it says");
  else report.operator(file, `mail goes into Maildirs here, and not where it says; ${forAgents}`);
}
