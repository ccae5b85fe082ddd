// The files that an import leaves: the configuration, and what belongs beside it.

import { chmod, link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorText } from "../../core/error-text.ts";
import { OperationError } from "../../server/admin/operations.ts";
import { errorCode } from "../../io/error-code.ts";
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
    await writeOne(file, force).catch((error: unknown) => {
      const why = whyNotWritten(file.path, error);
      throw new ConfigurationError(`${file.path} cannot be written: ${why}`, { cause: error });
    });
  }
}

/** The system names a file of which nobody has heard. */
function whyNotWritten(path: string, error: unknown): string {
  const folder = dirname(path);
  switch (errorCode(error)) {
    case "ENOENT":
      return `there is no folder ${folder}; make it first`;
    case "ENOTDIR":
      return `${folder} is no folder`;
    case "EACCES":
    case "EPERM":
      return `this user may not write in the folder ${folder}`;
    case "EROFS":
      return `the folder ${folder} is on a file system that is read-only`;
    case "ENOSPC":
    case "EDQUOT":
      return `there is no space left in ${folder}`;
    default:
      return errorText(error);
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

/** Never readable by others than `mode` says, not for a moment. */
async function writeOne({ path, octets, mode }: OutputFile, force: boolean): Promise<void> {
  const temporary = join(dirname(path), `.import-${process.pid}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(octets);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, mode);
    // A link never takes another file's place, however late that came.
    await (force ? rename(temporary, path) : link(temporary, path));
  } finally {
    await rm(temporary, { force: true });
  }
}
