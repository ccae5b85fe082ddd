// The operator's acts on bans: inside a server on the ledger that decides, or on one that was read
// from the store. Arguments and results are plain JSON.

import { type Ban, isInForce } from "../../core/guessing/ban.ts";
import type { BanLedger, LedgerChange } from "../../core/guessing/ban-ledger.ts";
import { formatPrefix, type Prefix, prefixCovers } from "../../core/mail/ip.ts";
import { type BanOperations, MissingError, OperationError } from "./operations.ts";

export interface BanOptions {
  readonly ledger: () => BanLedger | Promise<BanLedger>;
  /** Brings a change into the store; rejects where it does not take it. */
  readonly keep: (change: LedgerChange) => Promise<void>;
  /** Whether `limits.guessing.allow` covers all of the prefix. */
  readonly isAllowed: (prefix: Prefix) => boolean;
  readonly onLifted: (prefix: Prefix) => void;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export function createBanOperations(options: BanOptions): BanOperations {
  const { ledger, keep, isAllowed, onLifted, now } = options;

  async function around(prefix: Prefix): Promise<readonly Ban[]> {
    return (await ledger()).list().filter((ban) => prefixCovers(ban.prefix, prefix));
  }

  return {
    async banList(over) {
      return (await ledger()).list().filter((ban) => over || isInForce(ban, now()));
    },
    async banShow(prefix) {
      return around(prefix);
    },
    async banAdd(prefix, length, note) {
      if (isAllowed(prefix)) {
        throw new OperationError(
          `${formatPrefix(prefix)} is in limits.guessing.allow, or a proxy of ours, which wins over bans`,
        );
      }
      const bans = await ledger();
      const before = bans.get(prefix);
      const since = now();
      const ban: Ban = {
        prefix,
        reason: "operator",
        note,
        since,
        until: length === null ? null : since + length,
        times: (before?.times ?? 0) + 1,
        evidence: before?.evidence ?? { guesses: 0, names: [], last: null },
      };
      await keep(bans.impose(ban));
      return ban;
    },
    async banLift(prefix) {
      const isLifted = (await ledger()).lift(prefix);
      if (!isLifted) throw new MissingError(explainNone(prefix, await around(prefix), now()));
      onLifted(prefix);
      await keep({ kept: [], dropped: [prefix] });
    },
  };
}

function explainNone(prefix: Prefix, around: readonly Ban[], utc: number): string {
  const text = formatPrefix(prefix);
  const found = around.find((ban) => isInForce(ban, utc));
  if (found === undefined) return `${text} is not banned`;
  const network = formatPrefix(found.prefix);
  return `${text} is banned with its network; lift that: bailiwick bans lift ${network}`;
}
