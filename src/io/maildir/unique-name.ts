// Names that no other message in the world has: the file names of a Maildir.

export interface NameOptions {
  /** The name of this machine, or of the mail system. */
  readonly hostname: string;
  readonly processId: number;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** A file's name has room for 255 octets, for time, sizes and flags too. */
const longestHost = 160;

/** A source of names as the Maildir specification wants them: seconds, then microseconds, process and
 * a count within the process, then the host. */
export function createNameSource({ hostname, processId, now }: NameOptions): () => string {
  // These two characters would end the name or begin the flags.
  const safe = hostname.replaceAll("/", "\\057").replaceAll(":", "\\072");
  const host = safe.slice(0, longestHost);
  let count = 0;
  return () => {
    const time = now();
    const seconds = Math.floor(time / 1000);
    // Of one width, so that names made within a second are in their order.
    const microseconds = String(Math.floor((time - seconds * 1000) * 1000)).padStart(6, "0");
    count++;
    return `${seconds}.M${microseconds}P${processId}Q${count}.${host}`;
  };
}
