/** Remembers answers for their time to live. A question that is being asked is not asked again:
 * all who want the answer share it. */
export interface AnswerCache<Answer> {
  /** The remembered answer, or the one that `find` brings. */
  get(key: string, find: () => Promise<Remembered<Answer>>): Promise<Answer>;
}

export interface Remembered<Answer> {
  readonly answer: Answer;
  /** Milliseconds; 0 for an answer that is not to be remembered. */
  readonly lifetime: number;
}

export interface CacheOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Answers remembered at once; the oldest makes room for a new one. */
  readonly capacity: number;
}

export function createAnswerCache<Answer>({ now, capacity }: CacheOptions): AnswerCache<Answer> {
  const known = new Map<string, { readonly answer: Answer; readonly until: number }>();
  const asked = new Map<string, Promise<Answer>>();

  async function ask(key: string, find: () => Promise<Remembered<Answer>>): Promise<Answer> {
    try {
      const { answer, lifetime } = await find();
      if (lifetime > 0) remember(key, answer, now() + lifetime);
      return answer;
    } finally {
      asked.delete(key);
    }
  }

  function remember(key: string, answer: Answer, until: number): void {
    // Deleted first, so that the order of the map stays the order of age.
    known.delete(key);
    const [oldest] = known.keys();
    if (known.size >= capacity && oldest !== undefined) known.delete(oldest);
    known.set(key, { answer, until });
  }

  return {
    async get(key, find) {
      const found = known.get(key);
      if (found !== undefined && found.until > now()) return found.answer;
      const running = asked.get(key) ?? ask(key, find);
      if (!asked.has(key)) asked.set(key, running);
      return running;
    },
  };
}
