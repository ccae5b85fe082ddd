// Reads files of an installation, wherever it lies on this host: bounded, and whatever cannot be read
// is a line of the report while the rest goes on.

import { open, readdir, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { errorText } from "../../../core/error-text.ts";
import type { InstalledFile } from "../../../core/toaster/file.ts";
import type { Report } from "../../../core/toaster/report.ts";
import { errorCode } from "../../error-code.ts";

/** Octets of a control file, a script, a .qmail file. */
const usualLimit = 16 * 1024 * 1024;

export interface ReaderOptions {
  /** The folder that was the root of the host, without links in its path. */
  readonly root: string;
  /** Folders that are named by themselves; their paths are shown as they are. */
  readonly outside: readonly string[];
  readonly report: Report;
}

export class InstallationReader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** A path of this host as the installation knows it. */
  installed(path: string): string {
    const { root } = this.#options;
    if (this.#isOutside(path) || root === "/") return path;
    const inside = relative(root, path);
    return inside.startsWith("..") ? path : `/${inside}`;
  }

  /** Where a path of the installation lies on this host. */
  real(installed: string): string {
    return this.#isOutside(installed) ? installed : join(this.#options.root, installed);
  }

  /** Undefined where there is no such file, or where it cannot be read, which is told of. */
  async file(path: string, limit = usualLimit): Promise<InstalledFile | undefined> {
    return this.#orTell(path, () => this.#read(path, limit), undefined);
  }

  /** The same without a word: for what is only looked at for hints. */
  async hint(path: string): Promise<InstalledFile | undefined> {
    return this.#read(path, usualLimit).catch(() => undefined);
  }

  /** Sorted names; empty where there is no such folder, or where it cannot be read. */
  async names(path: string): Promise<readonly string[]> {
    return this.#orTell(path, () => this.#list(path), []);
  }

  async hintNames(path: string): Promise<readonly string[]> {
    return this.#list(path).catch(() => []);
  }

  /** Whether there is a folder, links followed. */
  async isFolder(path: string): Promise<boolean> {
    return this.#orTell(
      path,
      async () => {
        await this.#requireInside(path);
        return (await stat(path)).isDirectory();
      },
      false,
    );
  }

  async #read(path: string, limit: number): Promise<InstalledFile> {
    await this.#requireInside(path);
    const octets = await readBounded(path, limit);
    return { path: this.installed(path), text: octets.toString("latin1") };
  }

  async #list(path: string): Promise<readonly string[]> {
    await this.#requireInside(path);
    return (await readdir(path)).toSorted();
  }

  async #orTell<Found>(path: string, look: () => Promise<Found>, otherwise: Found): Promise<Found> {
    try {
      return await look();
    } catch (error) {
      this.#tell(path, error);
      return otherwise;
    }
  }

  /** An absolute link in a copy leads to this host's own files. */
  async #requireInside(path: string): Promise<void> {
    const { root } = this.#options;
    if (root === "/" || this.#isOutside(path)) return;
    const place = await realpath(path);
    if (place === root || place.startsWith(`${root}/`) || this.#isOutside(place)) return;
    throw new Unsuitable(
      `it is a link to ${place}, outside of what is imported, and nothing of it is taken; copy that too, or name it (--qmail, --vpopmail, --rules)`,
    );
  }

  #tell(path: string, error: unknown): void {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    this.#options.report.operator({ path: this.installed(path) }, explain(code, error));
  }

  #isOutside(path: string): boolean {
    return this.#options.outside.some((folder) => path === folder || path.startsWith(`${folder}/`));
  }
}

class Unsuitable extends Error {}

async function readBounded(path: string, limit: number): Promise<Buffer> {
  // Looked at before it is opened: to open a pipe would wait for its writer.
  if (!(await stat(path)).isFile()) {
    throw new Unsuitable("it is no file, and nothing of it is taken");
  }
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > limit) {
      throw new Unsuitable(
        `it has ${size} octets, more than such a file can, and nothing of it is taken`,
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function explain(code: string | undefined, error: unknown): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "it may not be read by this user, and nothing of it is taken; run the import as root";
    case "ELOOP":
      return "its links lead in circles, and nothing of it is taken";
    default:
      return error instanceof Unsuitable
        ? error.message
        : `it cannot be read, and nothing of it is taken: ${errorText(error)}`;
  }
}
