// Whether a list can be believed, by its test points (RFC 5782 §5). Lists die: some then list the
// world, some fall silent, some lose their domain to a seller of advertisements.

import type { IpAddress } from "../mail/ip.ts";
import { type AddressLookup, readAnswer } from "./answer.ts";

export type Health =
  /** From the start until the first test is over. */
  | { readonly state: "untested" }
  /** Times are UTC milliseconds. */
  | { readonly state: "healthy"; readonly since: number }
  /** Neither asked nor believed until a test finds it healthy. */
  | { readonly state: "set-aside"; readonly since: number; readonly why: string };

export interface TestPoints {
  readonly listed: IpAddress;
  readonly unlisted: IpAddress;
}

/** 127.0.0.2 and 127.0.0.1; for IPv6 the same, mapped: ::FFFF:7F00:2 and ::FFFF:7F00:1. */
export function testPoints(version: IpAddress["version"]): TestPoints {
  return { listed: testPoint(version, 2), unlisted: testPoint(version, 1) };
}

function testPoint(version: IpAddress["version"], last: number): IpAddress {
  const v4 = [127, 0, 0, last];
  if (version === 4) return { version, octets: v4 };
  return { version, octets: [...Array.from({ length: 10 }, () => 0), 0xff, 0xff, ...v4] };
}

const allCodes = [{ first: 0, last: 0xff_ff_ff_ff }];

/** What the look-ups of both test points show: why the list cannot be believed, or undefined. Which
 * codes count for clients is of no matter here. */
export function faultShown(listed: AddressLookup, unlisted: AddressLookup): string | undefined {
  const [yes, no] = [listed, unlisted].map((found) => readAnswer(found, allCodes));
  if (yes?.kind === "unknown") return yes.why;
  if (no?.kind === "unknown") return no.why;
  if (no?.kind === "listed") return "it lists 127.0.0.1, as if it listed everybody";
  if (yes?.kind === "not-listed")
    return "it does not list 127.0.0.2, which every list in order does";
  return undefined;
}

/** The state after a test; `fault` as `faultShown` returns it, `now` in UTC milliseconds. A state that
 * goes on keeps its beginning, and a list that is set aside the latest reason. */
export function afterTest(before: Health, fault: string | undefined, now: number): Health {
  if (fault === undefined) {
    return before.state === "healthy" ? before : { state: "healthy", since: now };
  }
  const since = before.state === "set-aside" ? before.since : now;
  return { state: "set-aside", since, why: fault };
}

const whileHealthy = 3_600_000;
const whileSetAside = 300_000;

/** Milliseconds until the next test: a list that was set aside is taken back soon after it is mended. */
export function untilNextTest(health: Health): number {
  return health.state === "set-aside" ? whileSetAside : whileHealthy;
}
