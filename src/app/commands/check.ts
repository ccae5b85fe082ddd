// `bailiwick check`: is the configuration in order, and what does it say?

import type { Command } from "commander";
import { writeFile } from "node:fs/promises";
import { errorText } from "../../core/error-text.ts";
import type { Settings } from "../../core/config/settings.ts";
import { drawMap } from "../../core/policy/proof/map/draw.ts";
import type { Proof } from "../../core/policy/proof/prove.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { listRules } from "../../core/rules/enumerate.ts";
import { createResolver } from "../../io/dns/resolver.ts";
import { systemClock } from "../../io/process/clock.ts";
import { readAddressRules } from "../address-rules.ts";
import { loadSettings } from "../configuration.ts";
import { ConfigurationError } from "../errors.ts";
import { describeChecked, summarizeChecked } from "../check-view.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { findDomainsElsewhere, proveSettings, requireProof } from "../proof.ts";
import { findOurselves } from "../server/ourselves.ts";
import { tryStartFiles } from "../start-files.ts";

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
      const ofFiles = await tryStartFiles(settings);
      const { rules, warnings } = await readAddressRules(settings.relay.rules);
      const proof = await prove(settings, rules, options);
      const addressRules = new Set([...listRules(rules)].map(({ rule }) => rule)).size;
      const checked = { settings, addressRules, warnings: [...warnings, ...ofFiles], proof };
      if (options.map !== undefined) await writeMap(options.map, proof);
      if (options.json === true) printJson(summarizeChecked(checked));
      else print(describeChecked(checked));
      requireProof(proof);
    });
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
