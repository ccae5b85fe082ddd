// A draft as the text of a configuration: each value with a comment that says where it comes from.

import { formatDuration } from "../config/values/duration.ts";
import { printable } from "../smtp/reply.ts";
import type { Draft, DraftDomain, DraftLogin, DraftRoaming, From } from "./draft.ts";
import { type At, formatAt } from "./report.ts";

/** Names of the files that stand beside the configuration. */
export const besideNames = {
  accounts: "accounts.csv",
  forwards: "forwards.txt",
  hostPassword: "smarthost-password",
  moves: "maildirs.sh",
  password: "vpopmail-password",
  rules: "tcp.smtp",
} as const;

/** The head, a line each. */
export function formatDraft(draft: Draft, head: readonly string[]): string {
  const sections = [
    formatIdentity(draft),
    formatListeners(draft),
    formatTls(draft),
    formatRelay(draft),
    formatDomains(draft),
    formatLogins(draft),
    formatBlocklists(draft),
    formatRoutes(draft),
    formatLimits(draft),
    formatQueue(draft),
  ].filter((lines) => lines.length > 0);
  const top = head.map((line) => `# ${printable(line)}`);
  return [top, ...sections].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function from(at: At | undefined): string {
  return at === undefined ? "" : ` # ${printable(formatAt(at))}`;
}

/** Plain where YAML could not take it for anything else; else as JSON, which is YAML, too. */
function scalar(text: string): string {
  const isPlain = /^[a-z][a-z0-9._/@-]*[a-z0-9/]$/i.test(text) || /^\/[\w./@+-]*$/.test(text);
  const isWord = /^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}

function formatIdentity({ hostname, postmaster }: Draft): readonly string[] {
  return [
    ...(hostname ? [`hostname: ${scalar(hostname.value)}${from(hostname.at)}`] : []),
    "# user: bailiwick # to become once the ports are bound; it must be able to read what is named below",
    ...(postmaster ? [`postmaster: ${scalar(postmaster.value)}${from(postmaster.at)}`] : []),
  ];
}

function formatListeners({ listeners }: Draft): readonly string[] {
  const lines = listeners.map(({ name, role, listen, implicitTls, at }) => {
    const endpoints = listen.map((endpoint) => JSON.stringify(endpoint)).join(", ");
    const tls = implicitTls ? ", tls: implicit" : "";
    return `  ${name}: { role: ${role}, listen: [${endpoints}]${tls} }${from(at)}`;
  });
  return lines.length === 0 ? [] : ["listeners:", ...lines];
}

function formatTls({ certificate }: Draft): readonly string[] {
  if (certificate === undefined) return [];
  const path = scalar(certificate.value);
  return ["tls:", `  certificate: ${path}${from(certificate.at)}`, `  key: ${path}`];
}

function formatRelay({ networks, rules, roaming }: Draft): readonly string[] {
  const lines = [
    ...(networks.length > 0 ? ["  networks:"] : []),
    ...networks.map(({ value, at }) => `    - ${JSON.stringify(value)}${from(at)}`),
    ...(rules ? [`  rules: ${besideNames.rules}${from(rules.at)}`] : []),
    ...(roaming ? formatRoaming(roaming) : []),
  ];
  return lines.length === 0 ? [] : ["relay:", ...lines];
}

function formatRoaming({ value: { minutes, table }, at }: From<DraftRoaming>): readonly string[] {
  const lifetime = formatDuration(minutes * 60_000);
  if (table === undefined) return [`  roaming: { lifetime: ${lifetime} }${from(at)}`];
  return [
    "  roaming:",
    `    lifetime: ${lifetime}${from(at)}`,
    "    relay-table:",
    `      url: ${JSON.stringify(table)}`,
    `      password-file: ${besideNames.password}`,
    `      minutes: ${minutes}`,
  ];
}

function formatDomains({ domains }: Draft): readonly string[] {
  const lines = [...domains].map(
    ([name, { value, at }]) => `  ${scalar(name)}: ${formatDomain(value)}${from(at)}`,
  );
  return lines.length === 0 ? [] : ["domains:", ...lines];
}

function formatDomain(domain: DraftDomain): string {
  return domain.kind === "mailboxes"
    ? "{ deliver: mailboxes }"
    : `{ relay-to: ${JSON.stringify(domain.host)} }`;
}

function formatLogins({ logins }: Draft): readonly string[] {
  const lines = logins.flatMap(({ value, at }) => [...formatLogin(value, at), "    adopt: true"]);
  return lines.length === 0 ? [] : ["logins:", ...lines];
}

function formatLogin(login: DraftLogin, at: At): readonly string[] {
  switch (login.kind) {
    case "database":
      return [
        `  - vpopmail-mysql:${from(at)}`,
        `      url: ${JSON.stringify(login.url)}`,
        `      password-file: ${besideNames.password}`,
        `      tables: ${login.layout}`,
      ];
    case "files":
      return [`  - vpopmail-cdb: ${scalar(login.folder)}${from(at)}`];
    case "checkpassword":
      return [
        `  - checkpassword:${from(at)}`,
        `      program: [${login.program.map((word) => JSON.stringify(word)).join(", ")}]`,
      ];
  }
}

function formatBlocklists({ blocklists }: Draft): readonly string[] {
  const lines = blocklists.map(({ value: { zone, score }, at }) => {
    const counts = score === 1 ? "" : `, score: ${score}`;
    return `  - { zone: ${scalar(zone)}${counts} }${from(at)}`;
  });
  return lines.length === 0 ? [] : ["blocklists:", ...lines];
}

function formatRoutes({ routes }: Draft): readonly string[] {
  const names = hostPasswords(routes);
  const lines = routes.map(({ value: { to, via, login }, at }) => {
    const ends = `to: ${JSON.stringify(to)}, via: ${JSON.stringify(via)}`;
    if (login === undefined) return `  - { ${ends} }${from(at)}`;
    const file = names.find(({ password }) => password === login.password)?.name ?? "";
    const who = `login: { user: ${JSON.stringify(login.user)}, password-file: ${file} }`;
    return `  - { ${ends}, ${who} }${from(at)}`;
  });
  return lines.length === 0 ? [] : ["routes:", ...lines];
}

export interface HostPassword {
  /** That of its file, beside the configuration. */
  readonly name: string;
  readonly password: string;
}

/** The passwords for other hosts, each once. */
export function hostPasswords(routes: Draft["routes"]): readonly HostPassword[] {
  const all = routes.flatMap(({ value: { login } }) =>
    login === undefined ? [] : [login.password],
  );
  return [...new Set(all)].map((password, index) => ({
    name: `${besideNames.hostPassword}${index === 0 ? "" : `-${index + 1}`}`,
    password,
  }));
}

function formatLimits({ limits }: Draft): readonly string[] {
  const lines = limits.map(({ value: [key, value], at }) => `  ${key}: ${value}${from(at)}`);
  return lines.length === 0 ? [] : ["limits:", ...lines];
}

/** The usual waits between attempts; none may be longer than the message's whole time. */
const waits = [60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000];

function formatQueue({ giveUpAfter }: Draft): readonly string[] {
  if (giveUpAfter === undefined) return [];
  const { value, at } = giveUpAfter;
  const fitting = waits.filter((wait) => wait <= value);
  const retry = fitting.length === 0 ? [value] : fitting;
  return [
    "queue:",
    `  give-up-after: ${formatDuration(value)}${from(at)}`,
    ...(retry.length < waits.length
      ? [`  retry: [${retry.map(formatDuration).join(", ")}]${from(at)}`]
      : []),
  ];
}
