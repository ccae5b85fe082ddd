// What an operator may ask about blocklists: of the running server, or of lists that a command has
// started for itself. Arguments and results are plain JSON.

import type { ListAnswer } from "../../core/blocklist/answer.ts";
import { parseIp } from "../../core/mail/ip.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { Fact } from "../../core/policy/fact.ts";
import type { BlocklistVerdict } from "../../core/policy/request.ts";
import { OperationError } from "../admin/operations.ts";
import type { Blocklists } from "./blocklists.ts";
import type { List, ListReport } from "./list.ts";

export interface BlocklistOperations {
  /** The state of all lists; `test`: after a test of each, now. */
  blocklistReport(test: boolean): Promise<readonly ListReport[]>;
  /** What the lists say of an address, and what a stranger from there would meet. */
  blocklistLookUp(address: string): Promise<LookUp>;
}

export interface LookUp {
  readonly answers: readonly LookedUp[];
  readonly verdict: Fact<BlocklistVerdict>;
}

interface LookedUp {
  readonly zone: Domain;
  readonly score: number;
  readonly answer: ListAnswer;
  /** The list's explanation; null where it has none, or does not list the address. */
  readonly reason: string | null;
  /** Milliseconds until the answer. */
  readonly latency: number;
}

/** @param elapsed monotonic milliseconds. */
export function createBlocklistOperations(
  current: () => Blocklists | undefined,
  elapsed: () => number,
): BlocklistOperations {
  async function look(list: List, address: Parameters<List["ask"]>[0]): Promise<LookedUp> {
    const begun = elapsed();
    const answer = await list.ask(address);
    const latency = elapsed() - begun;
    const reason = answer.kind === "listed" ? await list.reason(address) : undefined;
    const { zone, score } = list.settings;
    return { zone, score, answer, reason: reason ?? null, latency };
  }

  return {
    async blocklistReport(test) {
      const blocklists = current();
      if (test) await blocklists?.test();
      return blocklists?.report() ?? [];
    },
    async blocklistLookUp(text) {
      const address = parseIp(text);
      if (address === undefined) {
        throw new OperationError(`${text} is no IP address; write one such as 192.0.2.7`);
      }
      const blocklists = current();
      if (blocklists === undefined)
        throw new OperationError("the configuration names no blocklist");
      const verdict = blocklists.inquire(address).verdict();
      const lists = blocklists.listsFor(address.version);
      const answers = await Promise.all(lists.map((list) => look(list, address)));
      return { answers, verdict: await verdict };
    },
  };
}
