/** Does a piece of work for each number below `count`, `atOnce` of them at a time, in their order.
 * Rejects with the first error, and begins no more after it. */
export async function forEachIndex(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function run(): Promise<void> {
    while (next < count) {
      // oxlint-disable-next-line no-await-in-loop
      await work(next++);
    }
  }
  const runs = Array.from({ length: Math.min(atOnce, count) }, () =>
    run().catch((error: unknown) => {
      next = count;
      throw error;
    }),
  );
  await Promise.all(runs);
}
