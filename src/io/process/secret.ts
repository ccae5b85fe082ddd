// Secrets that the configuration names the place of: a file, or an environment variable.

import { readFile, stat } from "node:fs/promises";
import type { SecretPlace } from "../../core/config/login-settings.ts";
import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";

export type ReadSecret = (place: SecretPlace) => Promise<Result<string, string>>;

/** Where this program's own environment holds. */
export const readOwnSecret: ReadSecret = (place) => readSecret(place, process.env);

/** The secret, without the end of its line; or what is wrong, and what to do. */
export async function readSecret(
  place: SecretPlace,
  environment: NodeJS.ProcessEnv,
): Promise<Result<string, string>> {
  if ("variable" in place) {
    const value = environment[place.variable];
    if (value !== undefined && value !== "") return good(value);
    return bad(`the environment variable ${place.variable} is not set; set it, or name a file`);
  }
  const { file } = place;
  try {
    const found = await stat(file);
    if (found.isDirectory()) return bad(`${file} is a folder; name a file that holds the secret`);
    if ((found.mode & 0o007) !== 0) {
      return bad(`every user of this machine can read ${file}; run: chmod 0600 ${file}`);
    }
    const secret = (await readFile(file, "utf8")).replace(/\r?\n$/, "");
    if (secret !== "" && !/[\r\n\0]/.test(secret)) return good(secret);
    return bad(`${file} holds no secret; write it there on one line`);
  } catch (error) {
    return bad(`the secret cannot be read: ${errorText(error)}`);
  }
}
