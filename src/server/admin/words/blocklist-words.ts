// What is said of blocklists, on a terminal and on the page.

import type { ListReport } from "../../blocklists/list.ts";
import { formatSpan } from "./times.ts";

/** @param now UTC milliseconds. */
export function describeHealth({ health, fail }: ListReport, now: number): string {
  switch (health.state) {
    case "untested":
      return "being tested";
    case "healthy":
      return `in order for ${formatSpan(now - health.since)}`;
    case "set-aside": {
      const effect = fail === "open" ? "counts nothing" : "strangers are put off";
      return `set aside for ${formatSpan(now - health.since)}, ${effect}: ${health.why}`;
    }
  }
}

/** When it was tested last. @param now UTC milliseconds. */
export function describeTest({ lastTest }: ListReport, now: number): string {
  return lastTest === null ? "not yet" : `${formatSpan(now - lastTest)} ago`;
}

export function formatScore(score: number): string {
  return score > 0 ? `+${score}` : String(score);
}

export function formatLatency(milliseconds: number | null): string {
  return milliseconds === null ? "-" : `${Math.round(milliseconds)} ms`;
}
