// A login that was refused is not tried again at once: whoever knocks with a wrong password again and
// again is locked out, by address or by account.

export interface LoginPauses {
  /** What to say instead of trying; undefined where a try is in order. A password that has changed
   * since always is. */
  whyNot(key: string, password: string): string | undefined;
  /** @param said the host's words. */
  refused(key: string, password: string, said: string): void;
  accepted(key: string): void;
}

interface Pause {
  readonly password: string;
  readonly said: string;
  readonly length: number;
  readonly until: number;
}

const minute = 60_000;
const first = 5 * minute;
const longest = 60 * minute;

/** @param elapsed monotonic milliseconds. */
export function createLoginPauses(elapsed: () => number): LoginPauses {
  const pauses = new Map<string, Pause>();
  return {
    whyNot(key, password) {
      const pause = pauses.get(key);
      if (pause === undefined || pause.password !== password) return undefined;
      const left = pause.until - elapsed();
      if (left <= 0) return undefined;
      const minutes = Math.ceil(left / minute);
      const wait = minutes === 1 ? "a minute" : `${minutes} minutes`;
      return `the login was refused, and is not tried again for ${wait} unless the password changes: ${pause.said}`;
    },
    refused(key, password, said) {
      const before = pauses.get(key);
      const again = before !== undefined && before.password === password;
      const length = again ? Math.min(before.length * 2, longest) : first;
      pauses.set(key, { password, said, length, until: elapsed() + length });
    },
    accepted(key) {
      pauses.delete(key);
    },
  };
}
