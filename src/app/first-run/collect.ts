// Brings the answers together: from flags, from somebody at the terminal, or from what this machine
// lets one suppose.

import { resolve } from "node:path";
import type { Answers, CertificateFiles, WayOut } from "../../core/first-run/answers.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, formatPrefix, isLoopback, type Prefix } from "../../core/mail/ip.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { readKeyPair } from "../../io/tls/key-pair.ts";
import { ConfigurationError } from "../errors.ts";
import type { Given } from "./given.ts";
import { noneWord, readDomains, readHostname, readNetworks, readSmartHost } from "./readers.ts";
import { findCertbot, findFullName, type Suggestions } from "./suggestions.ts";
import type { Terminal } from "./terminal.ts";

/** Undefined where nobody is to be asked. */
type MaybeTerminal = Terminal | undefined;

interface Sources {
  readonly given: Given;
  readonly suggestions: Suggestions;
  readonly terminal: MaybeTerminal;
}

/** What must be known, before anything is asked: all that is missing is named at once.
 * @throws {ConfigurationError} */
function requireAnswers({ given, terminal }: Sources, hostname: Domain | undefined): void {
  if (terminal !== undefined) return;
  const { yes } = given;
  const missing = [
    ...(hostname === undefined ? ["--hostname NAME"] : []),
    ...(given.domains !== undefined || yes ? [] : ["--domain NAME (or --no-domains)"]),
    ...(given.way !== undefined || yes ? [] : ["--smart-host HOST:PORT (or --direct)"]),
  ];
  if (missing.length === 0) return;
  const why = yes ? "this machine does not know its full name" : "there is no terminal to ask at";
  throw new ConfigurationError(
    `${why}, so more flags are needed: ${missing.join(", ")}${yes ? "" : "; or --yes for what would be suggested"}`,
  );
}

/** @throws {ConfigurationError} where an answer is missing, and nobody can be asked */
export async function collectAnswers(sources: Sources): Promise<Answers> {
  const { given, suggestions, terminal } = sources;
  const maySuppose = terminal !== undefined || given.yes;
  const known = given.hostname ?? (maySuppose ? await findFullName() : undefined);
  requireAnswers(sources, known);
  const hostname = await collectHostname(sources, known);
  const domains = await collectDomains(sources, hostname);
  const way = await collectWay(sources);
  const networks = await collectNetworks(sources);
  const certificate = await collectCertificate(sources, hostname);
  const user = given.user ?? suggestions.user;
  return {
    hostname,
    domains,
    networks,
    way,
    ...(certificate !== undefined && { certificate }),
    ...(user !== undefined && { user }),
    // Beside a configuration that is put elsewhere on purpose, the data belongs there, too.
    data: given.data ?? (given.directory === undefined ? suggestions.data : "data"),
    listening: {
      addresses: given.addresses ?? suggestions.listening.addresses,
      offset: given.portOffset ?? suggestions.listening.offset,
    },
    blocklists: await collectBlocklists(sources),
    dnsServers: given.dnsServers,
  };
}

async function collectHostname(
  { given, terminal }: Sources,
  known: Domain | undefined,
): Promise<Domain> {
  if (given.hostname !== undefined || terminal === undefined) return known ?? "";
  terminal.say(
    "\nWhat is this server called? Other servers look the name up, so it is one of your domain, and\n" +
      "the DNS has it or will have it: mail.example.org, not example.org.\n",
  );
  return terminal.ask("Host name", readHostname, known);
}

async function collectDomains(
  { given, terminal }: Sources,
  hostname: Domain,
): Promise<readonly Domain[]> {
  if (given.domains !== undefined) return given.domains;
  const above = hostname.slice(hostname.indexOf(".") + 1);
  const suggestion = above.includes(".") ? above : hostname;
  if (terminal === undefined) return [suggestion];
  terminal.say(
    `\nFor which domains are the mailboxes here? Blanks between several; "${noneWord}" for a server that\n` +
      "only sends on what it is given.\n",
  );
  return terminal.ask("Domains", readDomains, suggestion);
}

async function collectWay({ given, terminal }: Sources): Promise<WayOut> {
  if (given.way !== undefined) return given.way;
  if (terminal === undefined) return { kind: "direct" };
  terminal.say(
    "\nHow does mail leave? Through a smart host, such as your provider's (host:port), or straight to\n" +
      'everybody\'s own servers ("direct"), for which port 25 must be open outwards.\n',
  );
  const host = await terminal.ask("Smart host, or direct", readWay, "direct");
  if (host === undefined) return { kind: "direct" };
  terminal.say(`\nDoes ${host} ask for a login? Write the user name, or "${noneWord}".\n`);
  const user = await terminal.ask("User name", readUser, noneWord);
  return { kind: "smart-host", host, ...(user !== undefined && { user }) };
}

function readWay(text: string): Result<string | undefined, string> {
  return text.toLowerCase() === "direct" ? good(undefined) : readSmartHost(text);
}

function readUser(text: string): Result<string | undefined, string> {
  if (text.toLowerCase() === noneWord) return good(undefined);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  return /^[^\u0000-\u001f\u007f]+$/.test(text) ? good(text) : bad("Write it on one line.");
}

async function collectNetworks({
  given,
  suggestions,
  terminal,
}: Sources): Promise<readonly Prefix[]> {
  const { itself, neighbours } = suggestions;
  if (given.networks !== undefined) return given.networks;
  if (terminal === undefined) return given.yes ? itself : [];
  const list = neighbours.map(({ prefix, device }) => `    ${formatPrefix(prefix)} (${device})\n`);
  terminal.say(
    "\nWho may send to anybody without a login? Printers and programs that cannot log in; every machine\n" +
      `there can send in your name. Addresses or networks with blanks between, or "${noneWord}".\n${
        list.length === 0 ? "" : `  This machine's private networks:\n${list.join("")}`
      }`,
  );
  const suggestion = itself.length === 0 ? noneWord : itself.map(shortest).join(" ");
  return terminal.ask("Without a login", readNetworks, suggestion);
}

function shortest(prefix: Prefix): string {
  return isLoopback(prefix.address) ? formatIp(prefix.address) : formatPrefix(prefix);
}

async function collectCertificate(
  { given, suggestions, terminal }: Sources,
  hostname: Domain,
): Promise<CertificateFiles | undefined> {
  if (given.certificate === "self-signed") return undefined;
  if (given.certificate !== undefined) return given.certificate;
  const user = given.user ?? suggestions.user;
  const certbots = await findCertbot(hostname, user);
  const usable = certbots?.isReadable === true ? certbots.files : undefined;
  if (terminal === undefined) return given.yes ? usable : undefined;
  terminal.say(
    '\nWhich certificate do clients see? The path of a PEM file with the chain, or "self-signed" for\n' +
      "one that the server makes: enough to begin with, though mail clients warn of it.\n",
  );
  if (certbots?.isReadable === false) {
    terminal.say(
      `  Certbot has one for ${hostname}, which ${user ?? "this user"} cannot read: docs/certificates.md has a hook for that.\n`,
    );
  }
  return askCertificate(terminal, usable);
}

async function askCertificate(
  terminal: Terminal,
  usable: CertificateFiles | undefined,
): Promise<CertificateFiles | undefined> {
  const selfSigned = "self-signed";
  for (;;) {
    const suggestion = usable?.certificate ?? selfSigned;
    // oxlint-disable-next-line no-await-in-loop -- until there is one that can be used
    const path = await terminal.ask("Certificate", readPath, suggestion);
    if (path === selfSigned) return undefined;
    if (path === usable?.certificate) return usable;
    // oxlint-disable-next-line no-await-in-loop
    const key = await terminal.ask("Its key", readPath);
    const files = { certificate: resolve(path), key: resolve(key) };
    // oxlint-disable-next-line no-await-in-loop
    const pair = await readKeyPair(files, undefined);
    if (pair.ok) return files;
    terminal.say(`  ${pair.problem}\n`);
  }
}

function readPath(text: string): Result<string, string> {
  return text === "" ? bad("Write the path of a file.") : good(text);
}

async function collectBlocklists({ given, terminal }: Sources): Promise<readonly Domain[]> {
  if (given.blocklists !== undefined) return given.blocklists;
  if (terminal === undefined) return [];
  terminal.say(
    "\nWhich blocklists are to be asked about strangers? Public ones have terms of use, which are yours\n" +
      `to read; more can be added later (docs/blocklists.md). Zones with blanks between, or "${noneWord}".\n`,
  );
  return terminal.ask("Blocklists", readDomains, noneWord);
}
