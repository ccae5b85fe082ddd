// Look-ups in one blocklist. Bounded in time, in questions at once and in remembered answers.

import type { RecordWithTtl } from "node:dns";
import type { AddressLookup } from "../../core/blocklist/answer.ts";
import { readReason } from "../../core/blocklist/reason-text.ts";
import type { Endpoint } from "../../core/config/settings.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { bad, type Result } from "../../core/result.ts";
import { createAnswerCache, type Remembered } from "./cache.ts";
import type { LookupProblem } from "./problem.ts";
import { createSemaphore } from "../process/semaphore.ts";
import { askTimely } from "./timely-question.ts";

export interface BlocklistResolver {
  /** The A records of a name. Never rejects. */
  addresses(name: Domain): Promise<AddressLookup>;
  /** The same, but asked now, and not remembered. */
  addressesNow(name: Domain): Promise<AddressLookup>;
  /** What the TXT records of a name explain; undefined where that cannot be found out. Never rejects. */
  reason(name: Domain): Promise<string | undefined>;
  /** Forgets what was remembered. */
  forget(): void;
  /** Gives up the questions in flight, and asks no more. */
  close(): void;
}

export interface BlocklistResolverOptions {
  /** Recursive servers, addressed by IP; where there is none, the system's. */
  readonly servers: readonly Endpoint[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds for an answer, the wait for a free place included. */
  readonly timeout: number;
  /** Questions at once; each holds one or two sockets. */
  readonly concurrency: number;
  /** Told of each question for addresses that the DNS was asked, when it is over. In ms. */
  readonly onAsked: (latency: number) => void;
}

/** Answers of each kind that are remembered at once. */
const capacity = 10_000;
/** That a name is not there; Node does not tell how long that holds. In ms. */
const negativeLifetime = 60_000;
/** However long an answer would hold by its own word. In ms. */
const longestLifetime = 3_600_000;
/** An answer with more addresses is no list's, and not worth the memory. */
const mostRemembered = 32;

const crowded: LookupProblem = { kind: "unknown", why: "too many questions at once" };

export function createBlocklistResolver(options: BlocklistResolverOptions): BlocklistResolver {
  const { servers, now, timeout, concurrency, onAsked } = options;
  const places = createSemaphore(concurrency);
  const inFlight = new Set<() => void>();
  const createCaches = () => ({
    addresses: createAnswerCache<AddressLookup>({ now, capacity }),
    reasons: createAnswerCache<string | undefined>({ now, capacity }),
  });
  let caches = createCaches();
  let isClosed = false;

  function ask<Answer>(
    question: Parameters<typeof askTimely<Answer>>[1],
  ): Promise<Result<Answer, LookupProblem>> {
    const deadline = now() + timeout;
    return places.run(async () => {
      const left = deadline - now();
      if (left <= 0 || isClosed) return bad(crowded);
      return askTimely({ servers, timeout: left, inFlight }, question);
    });
  }

  async function look(name: Domain): Promise<Remembered<AddressLookup>> {
    const begun = now();
    const found = await ask((dns) => dns.resolve4(name, { ttl: true }));
    onAsked(now() - begun);
    return readLookup(found);
  }

  return {
    addresses: (name) => caches.addresses.get(name, () => look(name)),
    addressesNow: async (name) => (await look(name)).answer,
    reason: (name) =>
      caches.reasons.get(name, async () => {
        const found = await ask((dns) => dns.resolveTxt(name));
        // The look-up of addresses knows best how long this holds; a minute never hurts.
        return found.ok
          ? { answer: readReason(found.value), lifetime: negativeLifetime }
          : { answer: undefined, lifetime: 0 };
      }),
    forget() {
      caches = createCaches();
    },
    close() {
      isClosed = true;
      for (const giveUp of inFlight) giveUp();
    },
  };
}

function readLookup(
  found: Result<readonly RecordWithTtl[], LookupProblem>,
): Remembered<AddressLookup> {
  if (found.ok) {
    const addresses = found.value.map(({ address }) => address);
    const shortest = Math.min(...found.value.map(({ ttl }) => ttl * 1000), longestLifetime);
    const lifetime = addresses.length > mostRemembered ? 0 : shortest;
    return { answer: { kind: "addresses", addresses }, lifetime };
  }
  if (found.problem.kind === "unknown") return { answer: found.problem, lifetime: 0 };
  return { answer: { kind: "none" }, lifetime: negativeLifetime };
}
