// Files of a mailbox, opened with care: others write there too, and what stands under a name may have
// become a symbolic link or a pipe.

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Octets that are read at once. */
const chunkOctets = 64 * 1024;

/** The code of the error that what stands under a name is no file. The system has none for that. */
export const notAFile = "NOTAFILE";

/** The path of something in a folder whose name is octets, one for each character. */
export function pathIn(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
}

/** The file's octets in chunks, each in memory of its own. The file is closed when all is read, and
 * when the reader leaves. Rejects with `ELOOP` or `notAFile` where a link or something else stands. */
export async function* readFile(path: Buffer): AsyncGenerator<Uint8Array, void> {
  const { file, size } = await openFile(path);
  try {
    for (let at = 0; ;) {
      // One octet more than there should be: a short read is the end, and spares another one.
      const length = Math.min(chunkOctets, Math.max(size - at, 0) + 1);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      if (bytesRead < length) return;
      at += bytesRead;
    }
  } finally {
    await close(file);
  }
}

async function openFile(path: Buffer): Promise<{ file: FileHandle; size: number }> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw Object.assign(new Error("it is not a file"), { code: notAFile });
    return { file, size: found.size };
  } catch (error) {
    await close(file);
    throw error;
  }
}

/** What was only read has lost nothing where this fails, as it may on NFS or FUSE. */
async function close(file: FileHandle): Promise<void> {
  await file.close().catch(() => {});
}

/** Lines of a file in octets as above, without their ends, in batches of one chunk each. What comes
 * behind the last line end is left out: whoever writes there has not finished it. */
export async function* readLines(path: Buffer): AsyncGenerator<readonly string[], void> {
  let rest = "";
  for await (const chunk of readFile(path)) {
    const lines = (
      rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1")
    ).split("\n");
    rest = lines.pop() ?? "";
    // A line is a file name and a few numbers. This is no list.
    if (rest.length > chunkOctets) return;
    yield lines;
  }
}
