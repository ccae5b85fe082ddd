// Mailboxes that are read, one session at a time each. The lock is this process's own: whoever has DATA
// open is one process, and other programs that read the same Maildirs know no lock for that.

import type { Address } from "../../core/mail/address.ts";
import { stride, type Work } from "../../core/work.ts";
import { createSemaphore, type Semaphore } from "../process/semaphore.ts";
import { runInSlices } from "../process/slices.ts";
import { hasMailbox } from "./folders.ts";
import { listMessages } from "./list.ts";
import { mailboxFolder } from "./mailbox-folder.ts";
import { explainReading } from "./mailbox-error.ts";
import type { Place } from "./message-name.ts";
import { createOpenMailbox, type OpenMailbox, type StoredMessage } from "./open-mailbox.ts";
import { inOrder } from "./order.ts";
import { Places } from "./places.ts";
import { findSizes } from "./sizes.ts";
import { withoutGhosts } from "./twins.ts";
import { findIdentities } from "./uids.ts";

export type OpenedMailbox =
  | { readonly kind: "opened"; readonly mailbox: OpenMailbox }
  /** Another session has it open. */
  | { readonly kind: "in-use" }
  /** `why` is for the log. */
  | { readonly kind: "unavailable"; readonly why: string };

interface MailboxFigures {
  readonly messages: number;
  /** Of all messages, as they are sent. */
  readonly octets: number;
}

export interface Mailboxes {
  /** Opens an account's inbox, and locks it until it is closed. An account that never got mail has an
   * empty one. Never rejects. */
  open(account: Address): Promise<OpenedMailbox>;
  /** Counts an account's inbox, open or not. Rejects where it cannot be read. */
  measure(account: Address): Promise<MailboxFigures>;
}

/** Messages that a session holds at most, at about 250 octets each. In a mailbox with more, those beyond
 * come to light when others are removed. */
const mostMessages = 1_000_000;

/** Messages of all mailboxes whose size is being counted: each holds a descriptor. */
const mostCounted = 32;

/** @param root mailboxes lie in `ROOT/DOMAIN/LOCALPART` */
export function createMailboxes(root: string): Mailboxes {
  const locked = new Set<string>();
  const counting = createSemaphore(mostCounted);

  return {
    async open(account) {
      const found = mailboxFolder(root, account);
      if (!found.ok) return { kind: "unavailable", why: found.problem };
      const folder = found.value;
      if (locked.has(folder)) return { kind: "in-use" };
      locked.add(folder);
      const release = () => void locked.delete(folder);
      try {
        return { kind: "opened", mailbox: await openFolder(folder, { counting, release }) };
      } catch (error) {
        release();
        return { kind: "unavailable", why: explainReading(error) };
      }
    },
    async measure(account) {
      const found = mailboxFolder(root, account);
      if (!found.ok) throw new Error(found.problem);
      const places = new Places(found.value, await findMessages(found.value));
      const sizes = await findSizes(places, new Map(), counting);
      const known = sizes.filter((size) => !Number.isNaN(size));
      return { messages: known.length, octets: known.reduce((total, size) => total + size, 0) };
    },
  };
}

async function findMessages(folder: string): Promise<readonly Place[]> {
  if (!(await hasMailbox(folder))) return [];
  const found = await listMessages(folder, mostMessages);
  return withoutGhosts(folder, await runInSlices(inOrder(found)));
}

interface Opening {
  readonly counting: Semaphore;
  readonly release: () => void;
}

async function openFolder(folder: string, { counting, release }: Opening): Promise<OpenMailbox> {
  const found = new Places(folder, await findMessages(folder));
  if (found.count === 0) return createOpenMailbox(found, [], release);
  const { uids, sizes: known } = await findIdentities(found);
  const sizes = await findSizes(found, known, counting);
  const { places, messages } = await runInSlices(present(found, uids, sizes));
  return createOpenMailbox(new Places(folder, places), messages, release);
}

/** Leaves out what is gone already. */
function* present(
  found: Places,
  uids: readonly string[],
  sizes: Float64Array,
): Work<{ readonly places: readonly Place[]; readonly messages: readonly StoredMessage[] }> {
  const places: Place[] = [];
  const messages: StoredMessage[] = [];
  for (const [index, place] of found.all.entries()) {
    if (index % stride === 0) yield;
    const [size = Number.NaN, uid = ""] = [sizes[index], uids[index]];
    if (place === undefined || Number.isNaN(size)) continue;
    places.push(place);
    messages.push({ size, uid });
  }
  return { places, messages };
}
