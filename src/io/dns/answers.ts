// From what `node:dns` returns to the answers that core understands, and how long they hold.

import type { MxRecord as NodeMxRecord, RecordWithTtl } from "node:dns";
import { type AddressAnswer, interleave } from "../../core/delivery/addresses.ts";
import type { MxAnswer } from "../../core/delivery/mx.ts";
import { formatIp, parseIp } from "../../core/mail/ip.ts";
import type { Result } from "../../core/result.ts";
import type { Remembered } from "./cache.ts";
import type { LookupProblem } from "./problem.ts";

/** For what Node tells no time to live: MX and TXT records, and that there are no records. In ms. */
const fixedLifetime = 60_000;

/** For TXT records that nobody tells of. Whoever asks for them can do without, and must not wait for the
 * same silence with each message. In ms. */
const silenceLifetime = 30_000;

/** However long an answer would hold by its own word. In ms. */
const longestLifetime = 3_600_000;

/** Characters of TXT records that are remembered: what strangers publish must not fill our memory. */
const longestRemembered = 8_192;

type Looked<Answer> = Result<readonly Answer[], LookupProblem>;

export function readMx(looked: Looked<NodeMxRecord>): Remembered<MxAnswer> {
  if (looked.ok) {
    const records = looked.value.map(({ priority, exchange }) => ({
      preference: priority,
      exchange: exchange.toLowerCase(),
    }));
    return { answer: { kind: "records", records }, lifetime: fixedLifetime };
  }
  const { problem } = looked;
  if (problem.kind === "unknown") return { answer: problem, lifetime: 0 };
  const kind = problem.kind === "no-records" ? "none" : "no-such-domain";
  return { answer: { kind }, lifetime: fixedLifetime };
}

export type TxtAnswer =
  /** None where the name is not there, or has no such records. */
  | { readonly kind: "records"; readonly texts: readonly string[] }
  | { readonly kind: "unknown"; readonly why: string };

export function readTxt(looked: Looked<readonly string[]>): Remembered<TxtAnswer> {
  if (looked.ok) {
    const texts = looked.value.map((strings) => strings.join(""));
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    const lifetime = length > longestRemembered ? 0 : fixedLifetime;
    return { answer: { kind: "records", texts }, lifetime };
  }
  const { problem } = looked;
  if (problem.kind === "unknown") return { answer: problem, lifetime: silenceLifetime };
  return { answer: { kind: "records", texts: [] }, lifetime: fixedLifetime };
}

/** One family is enough, whatever became of the other's question. */
export function readAddresses(
  ipv6: Looked<RecordWithTtl>,
  ipv4: Looked<RecordWithTtl>,
): Remembered<AddressAnswer> {
  const found = [ipv6, ipv4].map((looked) => (looked.ok ? looked.value : []));
  const [six = [], four = []] = found.map((records) => records.map(canonical));
  const addresses = interleave(six, four);
  if (addresses.length > 0) {
    // An unknown half is asked for again with the next message.
    const lifetime = isUnknown(ipv6) || isUnknown(ipv4) ? 0 : shortestLifetime(found.flat());
    return { answer: { kind: "addresses", addresses }, lifetime };
  }
  return readNoAddresses([ipv6, ipv4]);
}

function readNoAddresses(both: readonly Looked<RecordWithTtl>[]): Remembered<AddressAnswer> {
  const problems = both.flatMap((looked) => (looked.ok ? [] : [looked.problem]));
  const unknown = problems.find((problem) => problem.kind === "unknown");
  if (unknown !== undefined) return { answer: unknown, lifetime: 0 };
  const gone = problems.some(({ kind }) => kind === "no-such-name");
  return { answer: { kind: gone ? "no-such-host" : "none" }, lifetime: fixedLifetime };
}

function isUnknown(looked: Looked<RecordWithTtl>): boolean {
  return !looked.ok && looked.problem.kind === "unknown";
}

function shortestLifetime(records: readonly RecordWithTtl[]): number {
  return records.reduce((shortest, { ttl }) => Math.min(shortest, ttl * 1000), longestLifetime);
}

/** The form in which addresses are compared; an address that Node wrote can be read. */
function canonical({ address }: RecordWithTtl): string {
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
