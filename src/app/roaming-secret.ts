// The secret with which other servers tell of logins.

import type { RoamingEventSettings } from "../core/config/settings.ts";
import { readSecret } from "../io/process/secret.ts";
import { ConfigurationError } from "./errors.ts";

/** @throws {ConfigurationError} where it cannot be used, with its place. */
export async function readRoamingSecret(events: RoamingEventSettings): Promise<string> {
  const { secretFile: file, place } = events;
  const secret = await readSecret({ file }, {});
  const why = secret.ok ? weakness(file, secret.value) : secret.problem;
  if (!secret.ok || why !== undefined) {
    const where = `${place.file}:${place.line}:${place.column}: relay.roaming.events.secret-file`;
    throw new ConfigurationError(`${where}: ${why}`);
  }
  return secret.value;
}

function weakness(file: string, secret: string): string | undefined {
  const make = `; make one with: openssl rand -hex 24 > ${file}`;
  if (secret.length < 16) return `the secret in ${file} has less than 16 characters${make}`;
  // It stands in headers and URLs.
  if (!/^[!-~]+$/.test(secret)) return `the secret in ${file} must be ASCII without spaces${make}`;
  return undefined;
}
