// What the store does for the lines of destinations: the contract for the server, free of any engine.

import type { LineName, MessageId, PlaceInLine, QueuedMessage } from "../../core/queue/message.ts";
import type { Standing } from "../../core/queue/back-off.ts";
import type { QueueSelection } from "./message-store.ts";

/** All methods reject with a `StoreError` where the store cannot do its work. */
export interface LineStore {
  /** This host's lines. */
  all(): Promise<readonly StoredLine[]>;
  /** Numbers of lines in which recipients stand, whosever they are, and those without a row too. */
  inUse(): Promise<readonly number[]>;
  save(line: StoredLine): Promise<void>;
  /** Gives recipients their places, all in one commit: many come at once where a destination is down.
   * Passed over is what was removed or held meanwhile, or is not this host's any more. */
  stand(places: readonly Standee[]): Promise<void>;
  /** Forgets a line in which nobody stands; false where somebody does. */
  drop(line: number): Promise<boolean>;
  /** The next messages of this host in a line, each with the recipients that stand there. */
  next(query: { readonly line: number; readonly limit: number }): Promise<readonly LinedMessage[]>;
  /** Those whose time is over by the line's clock. */
  overdue(query: OverdueQuery): Promise<readonly LinedMessage[]>;
  /** By the line's clock, when the next one's time is over. */
  earliestUntil(line: number): Promise<number | undefined>;
  /** All leave the line, and are due by their own schedule; they have waited until `clock`. */
  dissolve(line: number, clock: number): Promise<void>;
  /** The lines in which the selected recipients stand. */
  of(selection: QueueSelection): Promise<readonly number[]>;
  /** Lets destinations be tried at once; tells how many there were. */
  forget(lines: readonly number[]): Promise<number>;
  /** Of all hosts, with how many recipients wait in each. */
  report(): Promise<readonly LineReport[]>;
}

export interface StoredLine extends LineName {
  /** By which configuration mail goes that way. */
  readonly ways: string;
  readonly standing: Standing;
  readonly lastWords?: LastWords;
}

export interface LastWords {
  readonly said: string;
  /** The host that was tried, where it came to that. */
  readonly peer?: string;
}

/** A recipient that takes its place without an attempt. */
export interface Standee {
  readonly id: MessageId;
  readonly index: number;
  /** Milliseconds. */
  readonly waited: number;
  readonly inLine: PlaceInLine;
}

export interface LinedMessage extends QueuedMessage {
  readonly place: number;
}

export interface OverdueQuery {
  readonly line: number;
  /** Milliseconds. */
  readonly clock: number;
  readonly limit: number;
}

export interface LineReport extends StoredLine {
  /** The host whose line it is, where several share the store. */
  readonly host?: string;
  /** Recipients in line. */
  readonly waiting: number;
}
