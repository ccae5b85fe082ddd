// A whole message held in memory on its way from the connection that brought it to the delivery
// that hands it on, with the memory that it takes from the budget.

export interface HeldContent {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** Gives the memory back; once, by whoever holds it last. */
  release(): void;
}
