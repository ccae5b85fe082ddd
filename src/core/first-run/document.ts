// Answers as the text of a configuration, with a comment on each part that says what it does.

import { formatEndpoint } from "../config/values/endpoint.ts";
import { addressBits } from "../mail/ip-number.ts";
import { formatIp, formatPrefix, isLoopback, type Prefix } from "../mail/ip.ts";
import { type Answers, smartHostPasswordFile, usualPorts } from "./answers.ts";

export function formatAnswers(answers: Answers): string {
  const sections = [
    head,
    formatIdentity(answers),
    formatListeners(answers),
    formatTls(answers),
    formatRelay(answers),
    formatDomains(answers),
    formatRoutes(answers),
    formatBlocklists(answers),
    formatDns(answers),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

const head: readonly string[] = [
  "# The configuration of Bailiwick. All keys stand in docs/configuration.md. After a change:",
  "# `bailiwick check` says whether it is in order, and `bailiwick reload` puts it in place.",
];

function formatIdentity({ hostname, data, user }: Answers): readonly string[] {
  return [
    "# The name of this server. Others look it up; it stands in greetings and in messages.",
    `hostname: ${scalar(hostname)}`,
    "",
    "# Mail, accounts and keys lie here. It is what a backup needs, beside this file.",
    `data: ${scalar(data)}`,
    ...(user === undefined
      ? []
      : [
          "",
          "# Started by root, the server becomes this user once it has its ports.",
          `user: ${scalar(user)}`,
        ]),
  ];
}

function formatListeners({ listening, domains }: Answers): readonly string[] {
  const { addresses, offset } = listening;
  const at = (port: number) =>
    addresses
      .map((host) => JSON.stringify(formatEndpoint({ host, port: port + offset })))
      .join(", ");
  const users = [
    "  # For users, who all log in: with STARTTLS, and with TLS from the start.",
    `  submission: { role: submission, listen: [${at(usualPorts.submission)}] }`,
    `  submissions: { role: submission, listen: [${at(usualPorts.submissions)}], tls: implicit }`,
    "  # For users who read their mail.",
    `  pop3s: { role: pop3, listen: [${at(usualPorts.pop3s)}], tls: implicit }`,
  ];
  const admin = formatEndpoint({ host: "127.0.0.1", port: usualPorts.admin + offset });
  return [
    ...(offset === 0
      ? ["# Where the server listens."]
      : [
          `# Where the server listens: on the usual ports plus ${offset}. Other servers deliver to port 25`,
          "# alone: have it passed on, or write the usual ports here.",
        ]),
    "listeners:",
    "  # For other servers, and for the clients below `relay`.",
    `  mx: { role: mx, listen: [${at(usualPorts.mx)}] }`,
    ...(domains.length > 0 ? users : []),
    "  # For the operator, on this machine alone.",
    `  admin: { role: admin, listen: [${JSON.stringify(admin)}] }`,
  ];
}

function formatTls({ certificate }: Answers): readonly string[] {
  if (certificate !== undefined) {
    return [
      "# What the server shows with TLS. The files are read again when they change.",
      "tls:",
      `  certificate: ${scalar(certificate.certificate)}`,
      `  key: ${scalar(certificate.key)}`,
    ];
  }
  return [
    "# Until a certificate is named here, the server makes one itself, of which mail clients warn.",
    "# tls: { certificate: /etc/bailiwick/tls/cert.pem, key: /etc/bailiwick/tls/key.pem }",
  ];
}

function formatRelay({ networks }: Answers): readonly string[] {
  if (networks.length === 0) {
    return [
      "# Nobody sends to others without a login. Printers and the like that cannot log in are let in by",
      "# their address:",
      '# relay: { networks: ["192.0.2.7"] }',
    ];
  }
  return [
    "# Who may send to anybody without a login. Write down nothing that is not yours: every machine there",
    "# can send in your name.",
    "relay:",
    "  networks:",
    ...networks.map((prefix) => `    - ${JSON.stringify(shortest(prefix))}${noteOn(prefix)}`),
  ];
}

function shortest(prefix: Prefix): string {
  const isOne = prefix.length === addressBits[prefix.address.version];
  return isOne ? formatIp(prefix.address) : formatPrefix(prefix);
}

function noteOn({ address }: Prefix): string {
  return isLoopback(address) ? " # this machine itself" : "";
}

function formatDomains({ domains }: Answers): readonly string[] {
  if (domains.length === 0) return [];
  return [
    "# Ours: mail for them is kept in mailboxes here. `bailiwick account add` makes one.",
    "domains:",
    ...domains.map((name) => `  ${scalar(name)}: { deliver: mailboxes }`),
  ];
}

function formatRoutes({ way }: Answers): readonly string[] {
  if (way.kind === "direct") {
    return [
      "# Mail for others goes to the MX hosts of their domains. Through another host instead:",
      '# routes: [{ to: "*", via: "smtp.example.com:587" }]',
    ];
  }
  return [
    "# Mail for all others goes through this host.",
    "routes:",
    '  - to: "*"',
    `    via: ${JSON.stringify(way.host)}`,
    ...(way.user === undefined
      ? []
      : [
          `    login: { user: ${JSON.stringify(way.user)}, password-file: ${smartHostPasswordFile} }`,
        ]),
  ];
}

function formatBlocklists({ blocklists }: Answers): readonly string[] {
  if (blocklists.length === 0) return [];
  return [
    "# Strangers on these lists are turned away.",
    "blocklists:",
    ...blocklists.map((zone) => `  - { zone: ${scalar(zone)} }`),
  ];
}

function formatDns({ dnsServers }: Answers): readonly string[] {
  if (dnsServers.length === 0) return [];
  const servers = dnsServers.map((server) => JSON.stringify(server)).join(", ");
  return ["# Who is asked for names, instead of the system's.", `dns: { servers: [${servers}] }`];
}

/** Plain where YAML could not take it for anything else; else as JSON, which is YAML, too. */
function scalar(text: string): string {
  const isPlain = /^(?:\.?\/)?[a-z][a-z0-9._/-]*[a-z0-9/]$/i.test(text);
  const isWord = /^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}
