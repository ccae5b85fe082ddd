// `bailiwick check`: is the configuration in order, and what does it say?

import type { Command } from "commander";
import { formatPrefix } from "../../core/mail/ip.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { Settings } from "../../core/config/settings.ts";
import { loadSettings } from "../configuration.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";

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
      if (options.json === true) printJson(summarize(settings));
      else print(describe(settings));
    });
}

function summarize(settings: Settings) {
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
    domains: settings.domains.map(({ name, deliver }) => ({
      name,
      deliver: deliver.to === "mailboxes" ? "mailboxes" : formatEndpoint(deliver.via),
    })),
    blocklists: settings.blocklists.lists.map(({ zone, score, fail }) => ({ zone, score, fail })),
    routes: settings.routes.map(({ to, via }) => ({ to, via: formatEndpoint(via) })),
  };
}

function describe(settings: Settings): string {
  const { listeners, relayNetworks, domains, blocklists, routes } = summarize(settings);
  const lines = [
    `The configuration is in order. ${settings.hostname} keeps its data in ${settings.data}.`,
    ...listeners.map(
      ({ name, role, listen }) => `listens as ${name} (${role}) on ${listen.join(", ")}`,
    ),
    ...(relayNetworks.length === 0 ? ["relays for nobody by address"] : []),
    ...relayNetworks.map(({ network, line }) => `relays for ${network} (line ${line})`),
    ...domains.map(({ name, deliver }) =>
      deliver === "mailboxes"
        ? `keeps mailboxes for ${name}`
        : `hands mail for ${name} to ${deliver}`,
    ),
    ...blocklists.map(({ zone, score }) =>
      score > 0
        ? `asks the blocklist ${zone}, which counts ${score} of ${settings.blocklists.threshold}`
        : `asks the allow list ${zone}, which counts ${score}`,
    ),
    ...routes.map(({ to, via }) => `sends mail for ${to === "*" ? "all else" : to} through ${via}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
