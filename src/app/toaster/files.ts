// The files that an import leaves: the configuration, and what belongs beside it.

import { lstat } from "node:fs/promises";
import { OperationError } from "../../server/admin/operations.ts";
import { placeFile } from "../../io/process/place-file.ts";
import { ConfigurationError } from "../errors.ts";

export interface OutputFile {
  readonly path: string;
  readonly octets: Uint8Array;
  readonly mode: number;
}

/** Writes them all; none where one is there already, unless `force` says so. Each is put in place as
 * a whole.
 * @throws {OperationError} where one is there
 * @throws {ConfigurationError} where one cannot be written */
export async function writeFiles(files: readonly OutputFile[], force: boolean): Promise<void> {
  const there = await existing(files);
  if (there.length > 0 && !force) {
    throw new OperationError(
      `nothing is written: ${there.join(", ")} ${there.length === 1 ? "is" : "are"} there already; move that away, or write over it with --force`,
    );
  }
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- the configuration comes last, when all it names is there
    const placed = await placeFile({ ...file, replaces: force });
    if (!placed.ok) throw new ConfigurationError(placed.problem);
    if (placed.value === "there") throw new OperationError(`${file.path} is there already`);
  }
}

async function existing(files: readonly OutputFile[]): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map(({ path }) =>
      lstat(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}
