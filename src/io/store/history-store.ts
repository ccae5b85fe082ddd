/** What each minute of this host was like: JSON, one text for a minute. All methods reject with a
 * `StoreError` where the store cannot do its work. */
export interface HistoryStore {
  /** In the place of what that minute had. */
  keep(minute: HistoryMinute): Promise<void>;
  /** Those from `first` to before `end`, ascending. */
  read(first: number, end: number): Promise<readonly HistoryMinute[]>;
  /** Drops all but the latest; tells how many. By number, not by age: a clock that was wrong for an
   * hour must not cost a week. */
  dropBeyond(most: number): Promise<number>;
}

interface HistoryMinute {
  /** Since the beginning of 1970, in UTC. */
  readonly minute: number;
  readonly data: string;
}
