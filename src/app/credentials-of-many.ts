// Credentials for many passwords: as much at once as there are cores, and no more, for each takes a
// core and 19 MiB for a while.

import { availableParallelism } from "node:os";
import type { ListedSecret } from "../core/accounts/account-list.ts";
import { makeCredentials } from "../io/password/credentials.ts";
import type { Credentials } from "../io/store/account-store.ts";
import { ConfigurationError } from "./errors.ts";

/** Node's pool has four threads. */
const mostAtOnce = 4;

/** In the order of the secrets. @param onProgress is told how many are done. */
export async function makeAllCredentials(
  secrets: readonly ListedSecret[],
  onProgress: (done: number) => void,
): Promise<readonly (Credentials | null)[]> {
  const made: (Credentials | null)[] = [];
  const left = secrets.entries();
  let done = 0;
  async function work(): Promise<void> {
    for (const [index, secret] of left) {
      made[index] = await credentialsOf(secret);
      onProgress(++done);
    }
  }
  const workers = Math.min(availableParallelism(), mostAtOnce);
  await Promise.all(Array.from({ length: workers }, work));
  return made;
}

/** Null for an account without a password. */
async function credentialsOf(secret: ListedSecret): Promise<Credentials | null> {
  if (secret.kind === "none") return null;
  if (secret.kind === "hash") return { password: secret.hash };
  const credentials = await makeCredentials(secret.password);
  if (credentials.ok) return credentials.value;
  throw new ConfigurationError(credentials.problem);
}
