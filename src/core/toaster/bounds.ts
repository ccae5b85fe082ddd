// Numbers in control files: sizes, counts, times.

import { formatDuration } from "../config/values/duration.ts";
import type { Draft, From } from "./draft.ts";
import { controlNumber, type ControlNumber } from "./file.ts";
import { formatAt, type Report } from "./report.ts";
import type { Service } from "./services.ts";
import type { Toaster } from "./toaster.ts";

type Limit = Draft["limits"][number];

export function findLimits(
  toaster: Toaster,
  services: readonly Service[],
  report: Report,
): readonly Limit[] {
  const number = (name: string) => controlNumber(toaster.control.get(name), report);
  return [
    messageSize(toaster, number("databytes"), report),
    recipients(number("maxrcpt"), report),
    connections(services, number("concurrencyincoming"), report),
    commandTime(number("timeoutsmtpd"), report),
  ].filter((limit) => limit !== undefined);
}

const noLimit =
  "qmail takes messages of any size; here they have 25 MB at most, unless `limits.message-size` says otherwise";

function messageSize(
  toaster: Toaster,
  size: ControlNumber | undefined,
  report: Report,
): Limit | undefined {
  if (size === undefined) {
    if (toaster.qmail !== undefined && !toaster.control.has("databytes")) {
      report.translated(
        { path: `${toaster.qmail}/control/databytes` },
        `it is missing: ${noLimit}`,
      );
    }
    return undefined;
  }
  if (size.value === 0) {
    report.operator(size.at, `0 is no limit: ${noLimit}`);
    return undefined;
  }
  report.taken(size.at, `limits.message-size: ${size.value} octets`);
  return { value: ["message-size", size.value], at: size.at };
}

function recipients(count: ControlNumber | undefined, report: Report): Limit | undefined {
  if (count === undefined || count.value === 0) return undefined;
  report.taken(count.at, `limits.recipients: ${count.value}`);
  return { value: ["recipients", count.value], at: count.at };
}

/** tcpserver's own bound, where -c is missing. */
const usualConnections = 40;

/** One bound holds for all listeners here: the sum of what each tcpserver allowed. */
function connections(
  services: readonly Service[],
  incoming: ControlNumber | undefined,
  report: Report,
): Limit | undefined {
  const counted = services.filter(({ kind }) => kind !== "other");
  const [first] = counted;
  if (first === undefined) {
    if (incoming === undefined || incoming.value === 0) return undefined;
    report.translated(incoming.at, `limits.connections: ${incoming.value}, over all listeners`);
    return { value: ["connections", incoming.value], at: incoming.at };
  }
  const each = counted.map(({ connections: count }) => count ?? usualConnections);
  const sum = each.reduce((all, count) => all + count, 0);
  const lines = counted.map(({ at }, index) => `${formatAt(at)} has ${each[index]}`);
  report.translated(
    first.at,
    `limits.connections: ${sum}, one bound over all listeners (${lines.join(", ")})`,
  );
  if (incoming !== undefined) report.leftOut(incoming.at, "tcpserver's -c is what counts");
  return { value: ["connections", sum], at: first.at };
}

function commandTime(seconds: ControlNumber | undefined, report: Report): Limit | undefined {
  if (seconds === undefined || seconds.value === 0) return undefined;
  const value = formatDuration(Math.min(seconds.value, 86_400) * 1000);
  report.taken(seconds.at, `limits.command-time: ${value}`);
  return { value: ["command-time", value], at: seconds.at };
}

const day = 86_400;
/** The longest that a duration may be, in days. */
const mostDays = 24;

/** Milliseconds after which a message goes back. */
export function findLifetime(toaster: Toaster, report: Report): From<number> | undefined {
  const seconds = controlNumber(toaster.control.get("queuelifetime"), report);
  if (seconds === undefined) return undefined;
  if (seconds.value === 0) {
    report.operator(seconds.at, "0 gives every message up at its first failure; 5d holds instead");
    return undefined;
  }
  const kept = Math.min(seconds.value, mostDays * day);
  const text = `queue.give-up-after: ${formatDuration(kept * 1000)}`;
  if (kept === seconds.value) report.taken(seconds.at, text);
  else report.translated(seconds.at, `${text}, the longest that there is`);
  return { value: kept * 1000, at: seconds.at };
}
