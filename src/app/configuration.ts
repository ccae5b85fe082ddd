// Finds and reads the configuration for a command.

import { formatProblem } from "../core/config/problem.ts";
import type { Settings } from "../core/config/settings.ts";
import { findConfiguration } from "../io/config/find.ts";
import { readConfiguration } from "../io/config/read.ts";
import { ConfigurationError } from "./errors.ts";

/** @throws {ConfigurationError} with all problems, a line each. */
export async function loadSettings(explicit: string | undefined): Promise<Settings> {
  const path = await findConfiguration(explicit);
  if (!path.ok) throw new ConfigurationError(formatProblem(path.problem));
  const settings = await readConfiguration(path.value);
  if (!settings.ok) throw new ConfigurationError(settings.problem.map(formatProblem).join("\n"));
  return settings.value;
}
