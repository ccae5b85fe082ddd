// The Sender Rewriting Scheme: mail that is sent on gets a sender in a domain of ours, so that SPF holds
// for it, and the original sender is packed into that address, so that a bounce finds the way back.
// The forms are those of Mail::SRS and libsrs2: what one of them has written with the same secret, we
// read.
//
//   SRS0=HASH=DAY=domain=local@ours            first forwarder: the day and the original sender
//   SRS1=HASH=first.example==H=D=domain=local@ours   later ones: straight back to the first, who alone
//                                              knows whether the rest is true

import { bad, good, type Result } from "../result.ts";
import { type Address, parseAddress } from "../mail/address.ts";
import type { Domain } from "../mail/domain.ts";
import { ageInDays, formatDayStamp } from "./day-stamp.ts";

export interface SrsOptions {
  /** HMAC-SHA1 of the texts behind each other, in base 64, under a secret that all hosts of the domain
   * share. */
  readonly hash: (texts: readonly string[]) => string;
  /** Characters of it that an address carries. Each is worth five bits or more: case does not count. */
  readonly hashLength: number;
  /** Days for which a bounce is taken. */
  readonly maxAge: number;
}

export type SrsProblem =
  /** Nobody here has made it. */
  | "forged"
  | "expired"
  /** What it leads to is no address. */
  | "no-address";

export interface Srs {
  /** The sender under which a message is sent on.
   * @param domain of ours, where the bounces come back
   * @param now UTC milliseconds */
  forward(sender: Address, domain: Domain, now: number): Address;
  /** Where a bounce to a local part of ours goes; undefined where that is no return path at all, but a
   * name that only looks so. */
  reverse(local: string, now: number): Result<Address, SrsProblem> | undefined;
}

const separators = "[-+=]";
const first = new RegExp(`^SRS0(${separators}.*)$`, "is");
const later = new RegExp(`^SRS1${separators}([^=]+)=([^=]+)=(${separators}.+)$`, "is");
const firstParts = new RegExp(`^SRS0${separators}([^=]+)=([^=]{2})=([^=]+)=(.+)$`, "is");

export function createSrs({ hash, hashLength, maxAge }: SrsOptions): Srs {
  function seal(...texts: readonly string[]): string {
    return hash(texts.map((text) => text.toLowerCase())).slice(0, hashLength);
  }

  /** Case does not count: some hosts do not keep it. */
  function isSealed(seen: string, ...texts: readonly string[]): boolean {
    return seen.toLowerCase() === seal(...texts).toLowerCase();
  }

  function again(host: string, rest: string): string {
    return `SRS1=${seal(host, rest)}=${host}=${rest}`;
  }

  return {
    forward({ local, domain: host }, domain, now) {
      const [, firstHost, rest] = partsOf(later, local);
      if (firstHost !== undefined && rest !== undefined) {
        return { local: again(firstHost, rest), domain };
      }
      const [packed] = partsOf(first, local);
      if (packed !== undefined && firstParts.test(local)) {
        return { local: again(host, packed), domain };
      }
      const stamp = formatDayStamp(now);
      return { local: `SRS0=${seal(stamp, host, local)}=${stamp}=${host}=${local}`, domain };
    },
    reverse(local, now) {
      const [laterSeal, firstHost, rest] = partsOf(later, local);
      if (laterSeal !== undefined && firstHost !== undefined && rest !== undefined) {
        if (!isSealed(laterSeal, firstHost, rest)) return bad("forged");
        return toAddress(`SRS0${rest}`, firstHost);
      }
      const [seen, stamp, host, original] = partsOf(firstParts, local);
      if (seen === undefined || stamp === undefined || host === undefined) return undefined;
      if (original === undefined) return undefined;
      const age = ageInDays(stamp, now);
      if (age === undefined || !isSealed(seen, stamp, host, original)) return bad("forged");
      return age > maxAge ? bad("expired") : toAddress(original, host);
    },
  };
}

function partsOf(pattern: RegExp, local: string): readonly (string | undefined)[] {
  return pattern.exec(local)?.slice(1) ?? [];
}

function toAddress(local: string, host: string): Result<Address, SrsProblem> {
  const parsed = parseAddress(`x@${host}`);
  return parsed.ok ? good({ local, domain: parsed.value.domain }) : bad("no-address");
}
