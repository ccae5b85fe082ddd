// Finds and reads the configuration for a command.

import { formatProblem } from "../core/config/problem.ts";
import type { Settings } from "../core/config/settings.ts";
import { warningsOf } from "../core/policy/proof/prove.ts";
import { formatFinding } from "../core/policy/proof/finding.ts";
import { findConfiguration } from "../io/config/find.ts";
import { readConfiguration } from "../io/config/read.ts";
import type { Log } from "../server/log.ts";
import { readAddressRules } from "./address-rules.ts";
import { ConfigurationError } from "./errors.ts";
import { proveSettings, requireProof } from "./proof.ts";

/** @throws {ConfigurationError} with all problems, a line each. */
export async function loadSettings(explicit: string | undefined): Promise<Settings> {
  const path = await findConfiguration(explicit);
  if (!path.ok) throw new ConfigurationError(formatProblem(path.problem));
  const settings = await readConfiguration(path.value);
  if (!settings.ok) throw new ConfigurationError(settings.problem.map(formatProblem).join("\n"));
  return settings.value;
}

/** A configuration that may be served: it is in order, and it relays for no stranger. What looks
 * doubtful is logged.
 * @throws {ConfigurationError} with all problems, a line each. */
export async function loadProvenSettings(
  explicit: string | undefined,
  log: Log,
): Promise<Settings> {
  const settings = await loadSettings(explicit);
  const { rules } = await readAddressRules(settings.relay.rules);
  const proof = await proveSettings(settings, rules);
  requireProof(proof);
  for (const finding of warningsOf(proof.findings)) {
    log.warn({ event: "policy-warning", kind: finding.kind }, formatFinding(finding));
  }
  return settings;
}
