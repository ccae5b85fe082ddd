// Who is next: the most urgent first (MT-PRIORITY, RFC 6710 §5), and among the equally urgent whoever another
// order says. The one place where priorities count.

export interface Waiting<Item, Words extends readonly unknown[] = readonly []> {
  readonly length: number;
  push(item: Item, ...words: Words): void;
  /** Puts an item back: of those as urgent, it is the very next. */
  unshift(item: Item): void;
  shift(): Item | undefined;
}

/** @param create makes the order among equals */
export function createByUrgency<Item, Words extends readonly unknown[]>(
  urgencyOf: (item: Item) => number,
  create: () => Waiting<Item, Words>,
): Waiting<Item, Words> {
  const ranks = new Map<number, Waiting<Item, Words>>();
  /** Most urgent first; nearly always there is one. */
  let order: readonly number[] = [];
  let waiting = 0;

  function rankOf(item: Item): Waiting<Item, Words> {
    const urgency = urgencyOf(item);
    let rank = ranks.get(urgency);
    if (rank === undefined) {
      rank = create();
      ranks.set(urgency, rank);
      order = [...order, urgency].toSorted((one, other) => other - one);
    }
    return rank;
  }

  return {
    get length() {
      return waiting;
    },
    push(item, ...words) {
      rankOf(item).push(item, ...words);
      waiting++;
    },
    unshift(item) {
      rankOf(item).unshift(item);
      waiting++;
    },
    shift() {
      for (const urgency of order) {
        const item = ranks.get(urgency)?.shift();
        if (item === undefined) continue;
        waiting--;
        return item;
      }
      return undefined;
    },
  };
}
