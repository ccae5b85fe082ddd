// Questions to the DNS by name and type, for what checks where mail comes from: bounded in time, tries and
// number at once. What strangers publish may be slow to find; that keeps nothing else from being found.

import { Resolver as NodeResolver } from "node:dns/promises";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import type { Result } from "../../core/result.ts";
import { createAsk } from "./ask.ts";
import { createAnswerCache } from "./cache.ts";
import type { LookupProblem } from "./problem.ts";
import type { ResolverOptions } from "./resolver.ts";
import { createFairSemaphore } from "../process/fair-semaphore.ts";

/** What each type of record is read as. A text comes in the pieces in which it is published. */
export interface RecordTypes {
  readonly TXT: readonly string[];
  readonly MX: { readonly priority: number; readonly exchange: string };
  readonly A: string;
  readonly AAAA: string;
  readonly PTR: string;
}

export type RecordType = keyof RecordTypes;

type Look<Type extends RecordType> = (name: string, asker: string) => Promise<Records<Type>>;

type Records<Type extends RecordType> = Result<readonly RecordTypes[Type][], LookupProblem>;

export interface Questions {
  /** Never rejects: what went wrong is in the answer.
   * @param asker for whom it is asked: many slow names of one keep no other waiting. */
  ask<Type extends RecordType>(name: string, type: Type, asker?: string): Promise<Records<Type>>;
  /** Gives up the questions in flight: their answers are `unknown`. */
  close(): void;
}

/** It takes so many askers at least to keep all places. */
const fewestAskers = 4;
/** Node tells no time to live for these. In ms. */
const lifetime = 60_000;
/** Answers that are remembered at once: keys and policies come again with each message of a sender. */
const capacity = 10_000;
/** Characters of an answer that is remembered: what strangers publish must not fill our memory. */
const longestRemembered = 8_192;

export function createQuestions(options: ResolverOptions): Questions {
  const { servers, now, timeout, tries, concurrency } = options;
  const dns = new NodeResolver({ timeout, tries, maxTimeout: 2 * timeout });
  if (servers.length > 0) dns.setServers(servers.map(formatEndpoint));
  const places = { all: concurrency, each: Math.ceil(concurrency / fewestAskers) };
  const questions = createFairSemaphore(places);
  const askFor = (asker: string) =>
    createAsk({ run: (work) => questions.run(asker, work) }, options.counts);
  const texts = createAnswerCache<Records<"TXT">>({ now, capacity });

  const types: { readonly [Type in RecordType]: Look<Type> } = {
    TXT: (name, asker) =>
      texts.get(name.toLowerCase(), async () => {
        const answer = await askFor(asker)(() => dns.resolveTxt(name));
        return { answer, lifetime: isWorthKeeping(answer) ? lifetime : 0 };
      }),
    MX: (name, asker) => askFor(asker)(() => dns.resolveMx(name)),
    A: (name, asker) => askFor(asker)(() => dns.resolve4(name)),
    AAAA: (name, asker) => askFor(asker)(() => dns.resolve6(name)),
    PTR: (name, asker) => askFor(asker)(() => dns.resolvePtr(name)),
  };

  function isWorthKeeping(answer: Records<"TXT">): boolean {
    if (!answer.ok) return answer.problem.kind !== "unknown";
    return answer.value.flat().reduce((sum, { length }) => sum + length, 0) <= longestRemembered;
  }

  return {
    ask: (name, type, asker = "") => types[type](name, asker),
    close: () => dns.cancel(),
  };
}
