// What the store does for the audit log: the contract for the server, free of any engine.

export interface AuditEntry {
  /** Ascends with time; one of `auditId`. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly via: "command" | "page" | "api";
  /** The operator, the token, or the user of the system. */
  readonly who: string;
  /** The address that the request came from; absent for commands. */
  readonly client?: string;
  /** The operation's name: `queueHold`. */
  readonly act: string;
  /** Without secrets. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Why it was not done; absent where it was. */
  readonly error?: string;
  /** The host that did it. */
  readonly node: string;
}

export interface AuditFilter {
  /** UTC milliseconds. */
  readonly since?: number;
  readonly act?: string;
  readonly who?: string;
  /** Only those before this one. */
  readonly before?: string;
}

export interface AuditStore {
  keep(entry: AuditEntry): Promise<void>;
  /** The latest first. */
  list(filter: AuditFilter, limit: number): Promise<readonly AuditEntry[]>;
  /** Drops those from before `time` (UTC ms), at most so many; returns how many. */
  dropBefore(time: number, limit: number): Promise<number>;
}
