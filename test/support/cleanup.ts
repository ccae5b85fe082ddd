/** Where a helper registers what must be undone: a test's context, mostly. */
export interface Cleanup {
  after(act: () => Promise<void>): void;
}
