// Which hosts did not answer lately. They are tried behind the others, so that mail does not wait for
// each of them again and again; where there are no others, they are tried as ever.

import type { Candidate } from "./opening.ts";

export interface HostHealth {
  /** Those that answer first, in the order given. */
  order(candidates: readonly Candidate[]): readonly Candidate[];
  failed(candidate: Candidate): void;
  answered(candidate: Candidate): void;
  /** Those that are tried behind the others at the moment. */
  silent(): readonly SilentHost[];
}

export interface SilentHost extends Pick<Candidate, "name" | "address" | "port"> {
  /** Milliseconds until somebody finds out how it is. */
  readonly left: number;
}

interface Silence {
  readonly candidate: Candidate;
  readonly length: number;
  until: number;
  /** It is over, and somebody finds out how the host is. */
  isTried: boolean;
}

const minute = 60_000;
const firstLength = minute;
const longest = 10 * minute;
/** When a silence is over, one connection finds out how the host is; the others pass it over so long. */
const findingOut = 60_000;
/** Hosts that are remembered; beyond that, silences that are over are forgotten, or all. */
const most = 10_000;

/** @param elapsed monotonic milliseconds. */
export function createHostHealth(elapsed: () => number): HostHealth {
  const silent = new Map<string, Silence>();

  function isPassedOver(candidate: Candidate): boolean {
    const silence = silent.get(keyOf(candidate));
    if (silence === undefined) return false;
    const now = elapsed();
    if (now < silence.until) return true;
    silence.until = now + findingOut;
    silence.isTried = true;
    return false;
  }

  function makeRoom(): void {
    if (silent.size < most) return;
    for (const [key, { until }] of silent) if (until <= elapsed()) silent.delete(key);
    if (silent.size >= most) silent.clear();
  }

  return {
    order(candidates) {
      if (silent.size === 0 || candidates.length < 2) return candidates;
      const last: Candidate[] = [];
      const first = candidates.filter((candidate) => {
        // The first that answers gets the mail: whoever stands behind it is not looked at.
        if (!isPassedOver(candidate)) return true;
        last.push(candidate);
        return false;
      });
      return [...first, ...last];
    },
    failed(candidate) {
      makeRoom();
      const key = keyOf(candidate);
      const before = silent.get(key);
      const now = elapsed();
      // Others that were under way at the same time say the same thing.
      if (before !== undefined && !before.isTried && now < before.until) return;
      const length = before === undefined ? firstLength : Math.min(before.length * 2, longest);
      silent.set(key, { candidate, length, until: now + length, isTried: false });
    },
    answered(candidate) {
      if (silent.size > 0) silent.delete(keyOf(candidate));
    },
    silent() {
      const now = elapsed();
      return [...silent.values()]
        .filter(({ until }) => now < until)
        .map(({ candidate: { name, address, port }, until }) => ({
          name,
          address,
          ...(port !== undefined && { port }),
          left: until - now,
        }));
    },
  };
}

function keyOf({ address, port }: Candidate): string {
  return `${address} ${port ?? ""}`;
}
