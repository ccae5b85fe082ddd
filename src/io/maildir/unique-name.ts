// Names that no other message in the world has: the file names of a Maildir.

export interface NameOptions {
  /** The name of this machine, or of the mail system. */
  readonly hostname: string;
  readonly processId: number;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** A source of names as the Maildir specification wants them: seconds, then microseconds, process and
 * a count within the process, then the host. */
export function createNameSource({ hostname, processId, now }: NameOptions): () => string {
  // These two characters would end the name or begin the flags.
  const host = hostname.replaceAll("/", "\\057").replaceAll(":", "\\072");
  let count = 0;
  return () => {
    const time = now();
    const seconds = Math.floor(time / 1000);
    const microseconds = Math.floor((time - seconds * 1000) * 1000);
    count++;
    return `${seconds}.M${microseconds}P${processId}Q${count}.${host}`;
  };
}
