// Runs checks, all at once, and waits for none of them for long.

import { type Finding, problem, warning } from "../../core/doctor/finding.ts";
import { errorText } from "../../core/error-text.ts";
import type { Check, TopicFinding } from "./check.ts";

/** Milliseconds for each. */
const patience = 8_000;

export interface RunOptions {
  readonly onDone?: (done: number, all: number, topic: string) => void;
  /** Milliseconds for each check. */
  readonly limit?: number;
}

/** In the order of the checks. Never rejects. */
export async function runChecks<Seen>(
  checks: readonly Check<Seen>[],
  seen: Seen,
  { onDone, limit = patience }: RunOptions = {},
): Promise<readonly TopicFinding[]> {
  let done = 0;
  const found = checks.map(async ({ topic, run }) => {
    const findings = await inTime((signal) => run(seen, signal), limit);
    done++;
    onDone?.(done, checks.length, topic);
    return findings.map((finding) => ({ topic, ...finding }));
  });
  return (await Promise.all(found)).flat();
}

async function inTime(
  work: (signal: AbortSignal) => Promise<readonly Finding[]>,
  limit: number,
): Promise<readonly Finding[]> {
  const over = new AbortController();
  const late = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => {
    late.resolve([tooSlow(limit)]);
    over.abort();
  }, limit);
  try {
    return await Promise.race([work(over.signal), late.promise]);
  } catch (error) {
    return [problem(`this could not be looked at: ${errorText(error)}`, {})];
  } finally {
    clearTimeout(timer);
    // What is left of it holds nobody up.
    over.abort();
  }
}

function tooSlow(limit: number): Finding {
  return warning(`nothing was found out within ${limit / 1000} s`, {
    why: "something that was asked does not answer, such as the DNS",
    remedy: "see what else is said here, and run `bailiwick doctor` again",
  });
}
