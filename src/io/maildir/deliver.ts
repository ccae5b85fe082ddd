// Delivery into Maildirs. A message that was delivered is on disk: its octets, its name in `new`, and
// the directories that lead there. A message that was not has left nothing in `new`.

import { link, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "../../core/mail/address.ts";
import { ensureMaildir, ensureSubfolder, syncDirectory } from "./directories.ts";
import { createOctetCount, type OctetCount } from "./line-ends.ts";
import { toLocalLines } from "./local-lines.ts";
import { mailboxFolder } from "./mailbox-folder.ts";
import { asMaildirError, MaildirError } from "./maildir-error.ts";
import { createSharedRuns } from "./shared-runs.ts";
import { createNameSource, type NameOptions } from "./unique-name.ts";

export interface MaildirOptions extends NameOptions {
  /** Mailboxes lie in `ROOT/DOMAIN/LOCALPART`. Its parent exists. */
  readonly root: string;
}

export interface Maildirs {
  /** Writes a message, `header` before `content`, into an account's mailbox, which is made if need
   * be. Resolves when it is on disk. Rejects with a `MaildirError` where the mailbox could not be
   * written, and with the content's own error where that could not be read. How many run at once is
   * for the caller to bound: each holds one or two descriptors. */
  deliver(account: Address, header: string, content: Octets): Promise<void>;
  /** The same, into the mailbox's Junk folder, which is made if need be. */
  deliverAsJunk(account: Address, header: string, content: Octets): Promise<void>;
}

type Octets = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export function createMaildirs(options: MaildirOptions): Maildirs {
  const { root } = options;
  const nextName = createNameSource(options);
  // Deliveries to one mailbox that come together share the sync of its directory.
  const sync = createSharedRuns(syncDirectory);
  const ready = new Map<string, Promise<void>>();

  /** Once for each folder in the life of the process. */
  function once(folder: string, make: () => Promise<void>): Promise<void> {
    const known = ready.get(folder) ?? make();
    ready.set(folder, known);
    return known;
  }

  const ensure = (mailbox: string) => once(mailbox, () => ensureMaildir(root, mailbox));

  async function ensureJunk(mailbox: string): Promise<void> {
    await ensure(mailbox);
    const folder = junkOf(mailbox);
    await once(folder, () => ensureSubfolder(root, folder));
  }

  async function write(folder: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await publish(folder, await writeTemporary(folder, nextName(), content), sync);
  }

  function mailboxOf(account: Address): string {
    const folder = mailboxFolder(root, account);
    if (!folder.ok) throw new MaildirError("5.1.3", folder.problem);
    return folder.value;
  }

  return {
    async deliver(account, header, content) {
      const mailbox = mailboxOf(account);
      try {
        await ensure(mailbox);
        await write(mailbox, withHeader(header, content));
      } catch (error) {
        // The mailbox may have been taken away: the next delivery looks anew.
        ready.delete(mailbox);
        throw asMaildirError(error);
      }
    },
    async deliverAsJunk(account, header, content) {
      const mailbox = mailboxOf(account);
      try {
        await ensureJunk(mailbox);
        await write(junkOf(mailbox), withHeader(header, content));
      } catch (error) {
        ready.delete(mailbox);
        ready.delete(junkOf(mailbox));
        throw asMaildirError(error);
      }
    },
  };
}

/** As Dovecot, Courier and mail programs call it. */
function junkOf(mailbox: string): string {
  return join(mailbox, ".Junk");
}

async function* withHeader(header: string, content: Octets): AsyncGenerator<Uint8Array, void> {
  yield new TextEncoder().encode(header);
  yield* content;
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  octets: OctetCount,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of content) {
    octets.add(chunk);
    yield chunk;
  }
}

interface Written {
  /** In `tmp`, on disk. */
  readonly path: string;
  /** In `new`, to be. */
  readonly name: string;
}

async function writeTemporary(
  folder: string,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<Written> {
  const path = join(folder, "tmp", name);
  const file = await open(path, "wx", 0o600);
  try {
    const octets = createOctetCount();
    await file.writeFile(counted(toLocalLines(content), octets));
    await file.sync();
    await file.close();
    // Readers need not open a file for its size: as it is stored (Maildir++), and as it is sent.
    return { path, name: `${name},S=${octets.stored},W=${octets.virtual}` };
  } catch (error) {
    await file.close().catch(() => {});
    await unlink(path).catch(() => {});
    throw error;
  }
}

/** Moves a message into `new`. By link, not rename: a link never takes another file's place. */
async function publish(
  folder: string,
  { path, name }: Written,
  sync: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = join(folder, "new");
  const published = join(directory, name);
  try {
    await link(path, published);
  } finally {
    await unlink(path).catch(() => {});
  }
  try {
    await sync(directory);
  } catch (error) {
    await unlink(published).catch(() => {});
    throw error;
  }
}
