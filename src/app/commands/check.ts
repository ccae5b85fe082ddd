// `bailiwick check`: is the configuration in order, and what does it say?

import type { Command } from "commander";
import { writeFile } from "node:fs/promises";
import { errorText } from "../../core/error-text.ts";
import { formatPrefix } from "../../core/mail/ip.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { DomainSettings, Settings } from "../../core/config/settings.ts";
import { drawMap } from "../../core/policy/proof/map/draw.ts";
import { type Proof, problemsOf } from "../../core/policy/proof/prove.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { listRules } from "../../core/rules/enumerate.ts";
import { createResolver } from "../../io/dns/resolver.ts";
import { systemClock } from "../../io/process/clock.ts";
import { readAddressRules } from "../address-rules.ts";
import { loadSettings } from "../configuration.ts";
import { ConfigurationError } from "../errors.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { findDomainsElsewhere, proveSettings, requireProof } from "../proof.ts";
import { describeProof, summarizeProof } from "../proof-view.ts";
import { readRoamingSecret } from "../roaming-secret.ts";
import { describeWarnings } from "../rules-view.ts";
import { findOurselves } from "../server/ourselves.ts";

/** Whoever checks waits for it: a name that nobody knows by then is no warning. */
const dnsBounds = { timeout: 2_000, tries: 2, concurrency: 100 };

interface CheckOptions extends PrintOptions {
  readonly dns?: boolean;
  readonly map?: string;
}

export function addCheckCommand(program: Command): void {
  withJson(withConfig(program.command("check")))
    .description("check the configuration, and prove who may relay")
    .option("--dns", "also ask the DNS whether the domains are ours")
    .option("--map <file>", "draw the IPv4 addresses that may relay, as SVG")
    .addHelpText(
      "after",
      examples(
        "bailiwick check",
        "bailiwick check -c new.yaml && mv new.yaml bailiwick.yaml && bailiwick reload",
        "bailiwick check --json | jq .relayNetworks",
        "bailiwick check --map relay.svg",
      ),
    )
    .action(async (options: CheckOptions) => {
      const settings = await loadSettings(options.config);
      const { events } = settings.relay.roaming ?? {};
      if (events !== undefined) await readRoamingSecret(events);
      const { rules, warnings } = await readAddressRules(settings.relay.rules);
      const proof = await prove(settings, rules, options);
      const addressRules = new Set([...listRules(rules)].map(({ rule }) => rule)).size;
      const checked = { settings, addressRules, warnings };
      if (options.map !== undefined) await writeMap(options.map, proof);
      if (options.json === true) printJson({ ...summarize(checked), proof: summarizeProof(proof) });
      else print(describe(checked, proof) + describeWarnings(warnings));
      requireProof(proof);
    });
}

interface Checked {
  readonly settings: Settings;
  /** How many of them decide about somebody. */
  readonly addressRules: number;
  readonly warnings: readonly ConfigurationProblem[];
}

async function prove(
  settings: Settings,
  rules: AddressRules,
  { dns }: CheckOptions,
): Promise<Proof> {
  const proof = await proveSettings(settings, rules);
  if (dns !== true) return proof;
  const resolver = createResolver({
    ...dnsBounds,
    servers: settings.dns.servers,
    now: systemClock.elapsed,
  });
  const ourselves = findOurselves(settings);
  const elsewhere = await findDomainsElsewhere(settings.domains, resolver, ourselves);
  return { ...proof, findings: [...proof.findings, ...elsewhere] };
}

async function writeMap(file: string, proof: Proof): Promise<void> {
  await writeFile(file, drawMap(proof.admissions)).catch((error: unknown) => {
    throw new ConfigurationError(`the map cannot be written: ${errorText(error)}`);
  });
}

function summarize({ settings, addressRules, warnings }: Checked) {
  return {
    hostname: settings.hostname,
    data: settings.data,
    listeners: settings.listeners.map(({ name, role, listen }) => ({
      name,
      role,
      listen: listen.map(formatEndpoint),
    })),
    relayNetworks: settings.relay.networks.map(({ prefix, place }) => ({
      network: formatPrefix(prefix),
      line: place.line,
    })),
    roamingSecret: settings.relay.roaming?.events?.secretFile ?? null,
    addressRules,
    warnings: warnings.map(formatProblem),
    domains: settings.domains.map(({ name, deliver }) => ({
      name,
      deliver: deliver.to === "relay" ? formatEndpoint(deliver.via) : deliver.to,
    })),
    blocklists: settings.blocklists.lists.map(({ zone, score, fail }) => ({ zone, score, fail })),
    routes: settings.routes.map(({ to, via, transport: { tls, login } }) => ({
      to,
      via: formatEndpoint(via),
      tls,
      ...(login !== undefined && { login: login.user }),
    })),
  };
}

function describeDomain({ name, deliver }: DomainSettings): string {
  switch (deliver.to) {
    case "mailboxes":
      return `keeps mailboxes for ${name}`;
    case "relay":
      return `hands mail for ${name} to ${formatEndpoint(deliver.via)}`;
    case "none":
      return `sends for ${name}, and takes no mail for it`;
  }
}

function describe(checked: Checked, proof: Proof): string {
  const { settings, addressRules } = checked;
  const { listeners, blocklists, routes } = summarize(checked);
  const isProven = problemsOf(proof.findings).length === 0;
  const lines = [
    `${isProven ? "The configuration is in order." : "The configuration must not be served: it relays for strangers."} ${settings.hostname} keeps its data in ${settings.data}.`,
    ...listeners.map(
      ({ name, role, listen }) => `listens as ${name} (${role}) on ${listen.join(", ")}`,
    ),
    ...(addressRules === 0 ? [] : [`has ${addressRules} address rules${rulesSource(settings)}`]),
    ...describeProof(proof),
    ...describeAdmin(settings),
    ...settings.domains.map(describeDomain),
    ...blocklists.map(({ zone, score }) =>
      score > 0
        ? `asks the blocklist ${zone}, which counts ${score} of ${settings.blocklists.threshold}`
        : `asks the allow list ${zone}, which counts ${score}`,
    ),
    ...routes.map(describeRoute),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function describeRoute({ to, via, tls, login }: ReturnType<typeof summarize>["routes"][number]) {
  const mail = to === "*" ? "all else" : to;
  const user = login === undefined ? "" : `, logged in as ${login}`;
  return `sends mail for ${mail} through ${via}, TLS ${tls}${user}`;
}

/** What others may do over HTTP. */
function describeAdmin({ listeners, relay }: Settings): readonly string[] {
  const admin = listeners.filter(({ role }) => role === "admin").map(({ name }) => name);
  if (admin.length === 0) return [];
  const file = relay.roaming?.events?.secretFile;
  const over = `over ${admin.join(", ")}`;
  return file === undefined
    ? [`says ${over} whether it is well, and is told of no logins there`]
    : [`lets whoever knows the secret in ${file} tell of logins ${over}`];
}

/** ` in /etc/tcp.smtp`, where they have a file of their own. */
function rulesSource({ relay: { rules } }: Settings): string {
  return rules?.kind === "file" ? ` in ${rules.path}` : "";
}
