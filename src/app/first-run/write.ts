// Puts the files of the first run in their places. What is there is left alone.

import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorText } from "../../core/error-text.ts";
import { placeFile, type Placed, whyNotWritten } from "../../io/process/place-file.ts";
import { findUser } from "../../io/process/user.ts";
import { ConfigurationError } from "../errors.ts";

export interface NewFile {
  readonly path: string;
  readonly text: string;
  /** For the server's user alone; else for all to read. */
  readonly isSecret: boolean;
}

/** With those above it.
 * @throws {ConfigurationError} where it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeWithParents(resolve(path));
  } catch (error) {
    const why = whyNotWritten(dirname(resolve(path)), error);
    throw new ConfigurationError(`the folder ${path} cannot be made: ${why}`, { cause: error });
  }
}

/** Node's own way says of a file system that is read-only that there is no folder. */
async function makeWithParents(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  if (dirname(path) !== path) await makeWithParents(dirname(path));
  await mkdir(path, { mode: 0o755 });
  // Whatever the umask says: the server's user must be able to pass it.
  await chmod(path, 0o755);
}

/** @param user whom the server becomes, where root starts it
 * @throws {ConfigurationError} where it cannot be written */
export async function writeNew(file: NewFile, user: string | undefined): Promise<Placed> {
  const placed = await placeFile({
    path: file.path,
    octets: Buffer.from(file.text),
    mode: file.isSecret ? 0o600 : 0o644,
    ...(file.isSecret && ownerFor(user)),
    replaces: false,
  });
  if (placed.ok) return placed.value;
  throw new ConfigurationError(placed.problem);
}

function ownerFor(user: string | undefined) {
  if (user === undefined || process.geteuid?.() !== 0) return {};
  try {
    return { owner: findUser(user) };
  } catch (error) {
    throw new ConfigurationError(errorText(error), { cause: error });
  }
}
