// `bailiwick init`: the first run, from nothing to a configuration that is proven.

import { type Command, InvalidArgumentError, Option } from "commander";
import { resolve } from "node:path";
import type { CertificateFiles, WayOut } from "../../core/first-run/answers.ts";
import type { Address } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type Prefix } from "../../core/mail/ip.ts";
import type { Result } from "../../core/result.ts";
import { dnsEndpoint, formatEndpoint, readEndpoint } from "../../core/config/values/endpoint.ts";
import { isOperatorName, operatorNameExpected } from "../../server/admin/operator-name.ts";
import type { OutboundTarget } from "../doctor/look.ts";
import { outboundArgument, usualOutbound } from "../doctor/outbound-argument.ts";
import { ConfigurationError } from "../errors.ts";
import type { Given } from "../first-run/given.ts";
import { firstRun } from "../first-run/init.ts";
import { readHostname, readSmartHost } from "../first-run/readers.ts";
import { openTerminal } from "../first-run/terminal.ts";
import {
  addressArgument,
  domainArgument,
  examples,
  ipArgument,
  prefixArgument,
} from "../options.ts";
import { printableLines } from "../print.ts";

interface InitOptions {
  readonly yes?: boolean;
  readonly directory?: string;
  readonly data?: string;
  readonly hostname?: Domain;
  /** False with --no-domains. */
  readonly domain?: readonly Domain[];
  readonly domains: boolean;
  readonly relay?: readonly Prefix[] | false;
  readonly smartHost?: string;
  readonly smartHostUser?: string;
  readonly smartHostPasswordFile?: string;
  readonly direct?: boolean;
  readonly certificate?: string;
  readonly key?: string;
  readonly selfSigned?: boolean;
  readonly account?: Address | false;
  readonly passwordFile?: string;
  readonly operator?: string | false;
  readonly operatorPasswordFile?: string;
  readonly user?: string;
  readonly listen?: readonly string[];
  readonly portOffset?: number;
  readonly blocklist?: readonly Domain[];
  readonly dns?: readonly string[];
  readonly outbound?: OutboundTarget | false;
}

const after = `
Asks at a terminal, or takes flags: then nobody is asked, and what is needed and missing is named.
Looks at this machine, writes the configuration, makes keys (DKIM), the first account and the
operator of the page, and shows the records for the DNS, the settings for mail clients, and who may
relay. Files that are there stay as they are; a run that was cut off is run again. Passwords are
read from files, or asked for.

Exit codes: 0 done, 1 what would be written must not be served, 2 wrong usage, or cannot be written.`;

export function addInitCommand(program: Command): void {
  addAnswers(program.command("init"))
    .description("the first run: look at this machine, write a configuration, make what it needs")
    .addHelpText(
      "after",
      `${after}\n${examples(
        "bailiwick init",
        "bailiwick init --yes --hostname mail.example.org --domain example.org",
        "bailiwick init --hostname relay.example.org --no-domains --relay 192.0.2.0/24 \\",
        "    --smart-host smtp.example.com:587 --smart-host-user u --smart-host-password-file p",
      )}`,
    )
    .action(run);
}

function addAnswers(command: Command): Command {
  return command
    .option("--yes", "ask nothing: take what would be suggested")
    .option("--directory <folder>", "for the configuration (/etc/bailiwick for root, else .)")
    .option(
      "--data <folder>",
      "for mail, accounts and keys (/var/lib/bailiwick for root, else data)",
    )
    .option("--hostname <name>", "this server's, such as mail.example.org", reading(readHostname))
    .option("--domain <name...>", "whose mailboxes are here", gather(domainArgument))
    .option("--no-domains", "no mailboxes: only send on")
    .option("--relay <network...>", "may send to anybody without a login", gather(prefixArgument))
    .option("--no-relay", "nobody may")
    .option("--smart-host <host:port>", "all mail for others goes there", reading(readSmartHost))
    .option("--smart-host-user <name>", "to log in there")
    .option("--smart-host-password-file <file>", "its password (- for standard input)")
    .addOption(
      new Option("--direct", "mail goes to the hosts of each domain").conflicts("smartHost"),
    )
    .option("--certificate <file>", "PEM, with the chain", (path) => resolve(path))
    .option("--key <file>", "the certificate's, PEM", (path) => resolve(path))
    .addOption(
      new Option("--self-signed", "let the server make a certificate").conflicts([
        "certificate",
        "key",
      ]),
    )
    .option("--account <address>", "the first mailbox", addressArgument)
    .option("--no-account", "none yet")
    .option("--password-file <file>", "its password (- for standard input); else one is made up")
    .option("--operator <name>", "who may log in to the page", operatorArgument)
    .option("--no-operator", "nobody yet")
    .option("--operator-password-file <file>", "likewise")
    .option("--user <name>", "whom the server becomes (root: bailiwick, if there is that user)")
    .option("--listen <ip...>", "addresses to listen on (default: all)", gather(ipText))
    .option("--port-offset <number>", "added to each port (default: 0, without root 2000)", offset)
    .option(
      "--blocklist <zone...>",
      "asked about strangers (default: none)",
      gather(domainArgument),
    )
    .option("--dns <server...>", "resolvers (default: the system's)", gather(dnsText))
    .option(
      "--outbound <domain>",
      `whose mail host is greeted, to see whether port 25 is open (${usualOutbound.domain})`,
      outboundArgument,
    )
    .option("--no-outbound", "greet nobody");
}

/** Commander hands what was read before; false where the flag's opposite has a default. */
function gather<Value>(read: (text: string) => Value) {
  return (text: string, before: readonly Value[] | false | undefined): readonly Value[] => [
    ...(before === undefined || before === false ? [] : before),
    read(text),
  ];
}

function reading<Value>(read: (text: string) => Result<Value, string>) {
  return (text: string): Value => {
    const value = read(text);
    if (value.ok) return value.value;
    throw new InvalidArgumentError(`${value.problem}.`);
  };
}

function ipText(text: string): string {
  return formatIp(ipArgument(text));
}

function dnsText(text: string): string {
  return formatEndpoint(reading((each: string) => readEndpoint(each, dnsEndpoint))(text));
}

function operatorArgument(text: string): string {
  if (isOperatorName(text)) return text;
  throw new InvalidArgumentError(`Expected ${operatorNameExpected}.`);
}

function offset(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 57_000) return Number(text);
  throw new InvalidArgumentError("Expected a number from 0 to 57000.");
}

async function run(options: InitOptions): Promise<void> {
  const given = givenBy(options);
  const done: string[] = [];
  const terminal = process.stdin.isTTY && !given.yes ? openTerminal() : undefined;
  const interrupt = () => {
    terminal?.close();
    process.stderr.write(printableLines(`\n${describeInterruption(done)}\n`));
    process.exit(130);
  };
  process.on("SIGINT", interrupt);
  try {
    await firstRun({ given, terminal, onDone: (what) => void done.push(what) });
  } finally {
    terminal?.close();
    process.off("SIGINT", interrupt);
  }
}

function describeInterruption(done: readonly string[]): string {
  if (done.length === 0) return "bailiwick: interrupted; nothing was written";
  return [
    "bailiwick: interrupted; this stands, and the same command goes on from there:",
    ...done.filter((line) => !line.startsWith("password")).map((line) => `  ${line}`),
  ].join("\n");
}

function givenBy(options: InitOptions): Given {
  const { relay, account, operator, outbound } = options;
  const { passwordFile, smartHostPasswordFile, operatorPasswordFile } = options;
  const files = [passwordFile, smartHostPasswordFile, operatorPasswordFile];
  if (files.filter((file) => file === "-").length > 1) {
    throw new ConfigurationError(
      "only one password can come from standard input; name files for the others",
    );
  }
  return {
    yes: options.yes === true,
    directory: options.directory,
    data: options.data === undefined ? undefined : resolve(options.data),
    hostname: options.hostname,
    domains: options.domains ? options.domain : [],
    networks: relay === false ? [] : relay,
    way: wayBy(options),
    smartHostPasswordFile,
    certificate: certificateBy(options),
    account: account === false ? null : account,
    passwordFile,
    operator: operator === false ? null : operator,
    operatorPasswordFile,
    user: options.user,
    addresses: options.listen,
    portOffset: options.portOffset,
    blocklists: options.blocklist,
    dnsServers: options.dns ?? [],
    outbound: outbound === false ? null : (outbound ?? usualOutbound),
  };
}

function wayBy({ smartHost, smartHostUser, direct }: InitOptions): WayOut | undefined {
  if (smartHost === undefined) {
    if (smartHostUser !== undefined) {
      throw new ConfigurationError("--smart-host-user needs --smart-host HOST:PORT");
    }
    return direct === true ? { kind: "direct" } : undefined;
  }
  const user = smartHostUser === undefined ? {} : { user: smartHostUser };
  return { kind: "smart-host", host: smartHost, ...user };
}

function certificateBy({
  certificate,
  key,
  selfSigned,
}: InitOptions): CertificateFiles | "self-signed" | undefined {
  if (selfSigned === true) return "self-signed";
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  throw new ConfigurationError("--certificate and --key belong together; name both files");
}
