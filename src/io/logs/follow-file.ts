// Follows a log that another program writes, by its name, as `tail -F` does: through renaming,
// emptying, removal, and before there is one.

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { errorText } from "../../core/error-text.ts";
import { errorCode } from "../error-code.ts";
import { LineSplitter } from "./line-splitter.ts";

export interface FollowOptions {
  readonly path: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Octets at the file's end that are read, too, where it is there at the beginning. */
  readonly readBack: number;
  /** Octets; longer lines are left out. */
  readonly longestLine: number;
  /** Whole lines in order; the next ones wait until it is done. `isOld`: they stood there when the
   * following began. Never rejects. */
  readonly onLines: (lines: readonly string[], isOld: boolean) => Promise<void>;
  /** Told of the first state, and when it has changed. The first "follows" comes behind all old
   * lines. */
  readonly onState: (state: FollowState) => Promise<void>;
}

export type FollowState =
  | { readonly state: "follows" }
  | { readonly state: "missing" }
  /** `why` says what to do. */
  | { readonly state: "unreadable"; readonly why: string };

export interface FileFollower {
  /** Resolves when nothing more will be told. */
  close(): Promise<void>;
}

export function followFile(options: FollowOptions): FileFollower {
  return new Follower(options);
}

/** Octets that are read at once. */
const pieceSize = 65_536;

/** Octets before the place that has been read, which say whether it is still the same file. */
const memory = 64;

interface OpenFile {
  readonly handle: FileHandle;
  readonly device: number;
  readonly inode: number;
  position: number;
  /** When it was last written to, as of the last look. */
  writtenAt: number;
  /** The last octets before `position`. */
  before: Buffer;
}

class Follower implements FileFollower {
  readonly #options: FollowOptions;
  readonly #splitter: LineSplitter;
  readonly #piece = Buffer.allocUnsafe(memory + pieceSize);
  #file: OpenFile | undefined;
  /** What was read before it could not be read any more. */
  #lost: OpenFile | undefined;
  #told: string | undefined;
  /** Nothing has been read yet: what is there now was there before us. */
  #isFirst = true;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void>;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.longestLine);
    this.#looking = this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#closeFile();
  }

  async #look(): Promise<void> {
    try {
      await this.#lookAt(this.#options.path);
      this.#isFirst = false;
    } catch (error) {
      this.#lost = this.#file ?? this.#lost;
      await this.#closeFile();
      const state = explain(this.#options.path, error);
      if (state.state === "missing") this.#isFirst = false;
      await this.#tell(state);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, this.#options.interval).unref();
  }

  async #lookAt(path: string): Promise<void> {
    if (this.#file === undefined) await this.#open(path);
    else {
      await this.#readOn(this.#file);
      const now = await statOf(path);
      const { device, inode } = this.#file;
      // Until there is another one, whoever writes may still write to this one.
      if (now !== undefined && (now.dev !== device || now.ino !== inode)) {
        await this.#readOn(this.#file);
        await this.#closeFile();
        await this.#open(path);
      }
    }
    await this.#tell({ state: "follows" });
  }

  async #open(path: string): Promise<void> {
    // Without it, opening a pipe would wait for whoever writes to it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { dev, ino, size, isFile } = await describe(handle);
    if (!isFile) {
      await handle.close();
      throw new Error("it is no regular file");
    }
    const lost = this.#lost;
    this.#lost = undefined;
    if (lost?.device === dev && lost.inode === ino) {
      this.#file = { ...lost, handle, writtenAt: 0 };
    } else {
      const position = this.#isFirst ? Math.max(0, size - this.#options.readBack) : 0;
      const before = Buffer.alloc(0);
      this.#file = { handle, device: dev, inode: ino, position, writtenAt: 0, before };
      this.#splitter.reset();
      if (position > 0) this.#splitter.skipLine();
    }
    await this.#readOn(this.#file);
  }

  async #readOn(file: OpenFile): Promise<void> {
    const { size, mtimeMs } = await file.handle.stat();
    if (size === file.position && mtimeMs === file.writtenAt) return;
    file.writtenAt = mtimeMs;
    if (size < file.position || !(await this.#isSame(file))) {
      file.position = 0;
      file.before = Buffer.alloc(0);
      this.#splitter.reset();
    }
    while (!this.#isClosed) {
      const { bytesRead } = await file.handle.read(this.#piece, 0, pieceSize, file.position);
      if (bytesRead === 0) return;
      const octets = this.#piece.subarray(0, bytesRead);
      file.position += bytesRead;
      file.before = Buffer.concat([file.before, octets.subarray(-memory)]).subarray(-memory);
      const lines = this.#splitter.push(octets);
      if (lines.length > 0) await this.#options.onLines(lines, this.#isFirst);
    }
  }

  /** Whether what stands before the place is what was read there: else the file was emptied, and has
   * grown beyond the place since. */
  async #isSame({ handle, position, before }: OpenFile): Promise<boolean> {
    const { length } = before;
    const { bytesRead } = await handle.read(this.#piece, 0, length, position - length);
    return before.equals(this.#piece.subarray(0, bytesRead));
  }

  async #tell(state: FollowState): Promise<void> {
    const text = JSON.stringify(state);
    if (this.#isClosed || text === this.#told) return;
    this.#told = text;
    await this.#options.onState(state);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => {}); // only read from: nothing is lost
  }
}

async function describe(handle: FileHandle) {
  const stats = await handle.stat();
  return { dev: stats.dev, ino: stats.ino, size: stats.size, isFile: stats.isFile() };
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function explain(path: string, error: unknown): FollowState {
  const code = errorCode(error);
  if (code === "ENOENT") return { state: "missing" };
  if (code === "EACCES" || code === "EPERM") {
    const why = `this program's user may not read ${path}; add it to the group of that file, which is adm on Debian`;
    return { state: "unreadable", why };
  }
  return { state: "unreadable", why: `${path} cannot be read: ${errorText(error)}` };
}
