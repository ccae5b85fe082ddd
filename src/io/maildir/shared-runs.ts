/** Runs a piece of work for a key, and shares it: whoever asks before a run has begun gets that run,
 * whoever asks while it is under way gets the next one, which sees all that was done before it. */
export function createSharedRuns(
  work: (key: string) => Promise<void>,
): (key: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const following = new Map<string, Promise<void>>();

  function start(key: string): Promise<void> {
    following.delete(key);
    const run = work(key).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  }

  return (key) => {
    const next = following.get(key);
    if (next !== undefined) return next;
    const current = running.get(key);
    if (current === undefined) return start(key);
    const run = current.then(
      () => start(key),
      () => start(key),
    );
    following.set(key, run);
    return run;
  };
}
