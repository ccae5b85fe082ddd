// The lists in which other POP3 servers keep the unique ids that they have told their clients.

/** Which server's list it is. */
export type ForeignServer = "dovecot" | "courier";

/** What stands at the head of a list. */
export interface ForeignHead {
  /** The number under which all numbers of the list are valid: another one begins a new list. */
  readonly validity: number;
  /** The number that the next message gets, as far as the head knows. */
  readonly next: number;
}

export interface ForeignEntry {
  readonly base: string;
  /** The message's number; they only grow. */
  readonly number: number;
  /** The validity of this number. */
  readonly validity: number;
  /** What that server says to UIDL. */
  readonly uid: string;
  /** Octets with every line ended by CR LF, where the list has them. */
  readonly octets: number | undefined;
}

/** How a list is written. */
export interface ForeignFormat {
  readonly file: string;
  /** Undefined where it is no head of such a list. */
  readonly readHead: (line: string) => ForeignHead | undefined;
  /** Undefined where it is no entry. */
  readonly readEntry: (line: string, head: ForeignHead) => ForeignEntry | undefined;
}
