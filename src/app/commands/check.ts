// `bailiwick check`: is the configuration in order, and what does it say?

import type { Command } from "commander";
import { formatPrefix } from "../../core/mail/ip.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import type { AddressRule } from "../../core/rules/address-rules.ts";
import { listRules } from "../../core/rules/enumerate.ts";
import { readAddressRules } from "../address-rules.ts";
import { loadSettings } from "../configuration.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { describeWarnings } from "../rules-view.ts";

export function addCheckCommand(program: Command): void {
  withJson(withConfig(program.command("check")))
    .description("check the configuration and say what it means")
    .addHelpText(
      "after",
      examples(
        "bailiwick check",
        "bailiwick check -c new.yaml && mv new.yaml bailiwick.yaml && bailiwick reload",
        "bailiwick check --json | jq .relayNetworks",
      ),
    )
    .action(async (options: PrintOptions) => {
      const settings = await loadSettings(options.config);
      const { rules, warnings } = await readAddressRules(settings.relay.rules);
      const addressRules = new Set([...listRules(rules)].map(({ rule }) => rule));
      const found = { settings, addressRules: [...addressRules], warnings };
      if (options.json === true) printJson(summarize(found));
      else print(describe(found));
    });
}

interface Checked {
  readonly settings: Settings;
  /** Those that decide about somebody. */
  readonly addressRules: readonly AddressRule[];
  readonly warnings: readonly ConfigurationProblem[];
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
    addressRules: addressRules.length,
    warnings: warnings.map(formatProblem),
    domains: settings.domains.map(({ name, deliver }) => ({
      name,
      deliver: deliver.to === "mailboxes" ? "mailboxes" : formatEndpoint(deliver.via),
    })),
    routes: settings.routes.map(({ to, via }) => ({ to, via: formatEndpoint(via) })),
  };
}

function describe(checked: Checked): string {
  const { settings, addressRules, warnings } = checked;
  const { listeners, relayNetworks, domains, routes } = summarize(checked);
  const lines = [
    `The configuration is in order. ${settings.hostname} keeps its data in ${settings.data}.`,
    ...listeners.map(
      ({ name, role, listen }) => `listens as ${name} (${role}) on ${listen.join(", ")}`,
    ),
    ...(relayNetworks.length === 0 && !addressRules.some(opensRelay)
      ? ["relays for nobody by address"]
      : []),
    ...relayNetworks.map(({ network, line }) => `relays for ${network} (line ${line})`),
    ...(addressRules.length === 0
      ? []
      : [`has ${addressRules.length} address rules${rulesSource(settings)}`]),
    ...domains.map(({ name, deliver }) =>
      deliver === "mailboxes"
        ? `keeps mailboxes for ${name}`
        : `hands mail for ${name} to ${deliver}`,
    ),
    ...routes.map(({ to, via }) => `sends mail for ${to === "*" ? "all else" : to} through ${via}`),
  ];
  return lines.map((line) => `${line}\n`).join("") + describeWarnings(warnings);
}

function opensRelay({ instruction: { verdict } }: AddressRule): boolean {
  return verdict.access === "allow" && verdict.relay;
}

/** ` in /etc/tcp.smtp`, where they have a file of their own. */
function rulesSource({ relay: { rules } }: Settings): string {
  return rules?.kind === "file" ? ` in ${rules.path}` : "";
}
