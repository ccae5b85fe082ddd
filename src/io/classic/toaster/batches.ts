/** Files that are looked at at once. */
const atOnce = 64;

/** The results in the order of the items; so many at once, and not all of a hundred thousand. */
export async function inBatches<Item, Found>(
  items: readonly Item[],
  look: (item: Item) => Promise<Found>,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    // oxlint-disable-next-line no-await-in-loop -- that is the point
    found.push(...(await Promise.all(items.slice(start, start + atOnce).map(look))));
  }
  return found;
}
