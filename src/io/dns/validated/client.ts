// Asks recursive servers what they have validated: each in turn, more than once, and remembers the
// answers for their time to live.

import type { Endpoint } from "../../../core/config/settings.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import { type AnswerCache, createAnswerCache } from "../cache.ts";
import type { QuestionCounts } from "../ask.ts";
import { createSemaphore } from "../../process/semaphore.ts";
import { type DnsAnswer, readAnswer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import { fitsPacket, type Question, type Response } from "./packet.ts";

export interface DnsClient {
  /** Never rejects: what went wrong is in the answer. */
  ask(question: Question): Promise<DnsAnswer>;
  /** Gives up the questions in flight: their answers are `unknown`. */
  close(): void;
}

export interface DnsClientOptions {
  /** At least one. */
  readonly servers: readonly Endpoint[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds of the first try with each server; each later round may take twice as long. */
  readonly timeout: number;
  /** Tries with each server, at least 1. */
  readonly tries: number;
  /** Questions at once. */
  readonly concurrency: number;
  /** Where questions are counted. */
  readonly counts?: QuestionCounts;
}

/** Answers that are remembered at once. */
const capacity = 10_000;

export function createDnsClient(options: DnsClientOptions): DnsClient {
  const { counts } = options;
  const stopped = new AbortController();
  const places = createSemaphore(options.concurrency);
  const answers: AnswerCache<DnsAnswer> = createAnswerCache({ now: options.now, capacity });
  return {
    ask(question) {
      if (!fitsPacket(question.name)) return Promise.resolve(noName);
      return answers.get(`${question.type} ${question.name}`, () =>
        places.run(async () => {
          if (counts !== undefined) counts.asked++;
          const found = await askServers(question, options, stopped.signal);
          if (counts !== undefined && !found.ok) counts.failed++;
          return readAnswer(question, found);
        }),
      );
    },
    close: () => stopped.abort(),
  };
}

const noName: DnsAnswer = { kind: "no-such-name", isSigned: false };

/** RCODEs (RFC 1035 §4.1.1). */
const codes = { none: 0, format: 1, failure: 2, noName: 3, notImplemented: 4, refused: 5 } as const;

async function askServers(
  question: Question,
  { servers, timeout, tries }: DnsClientOptions,
  signal: AbortSignal,
): Promise<Result<Response, string>> {
  /** Those that have said that they cannot. */
  const out = new Set<Endpoint>();
  let why = "there is no DNS server to ask";
  for (let round = 0; round < tries && out.size < servers.length; round++) {
    for (const server of servers) {
      if (out.has(server)) continue;
      const patience = timeout * 2 ** round;
      // One after the other: the next server is for when this one fails.
      // oxlint-disable-next-line no-await-in-loop
      const found = await askServer({ server, question, timeout: patience, signal });
      if (!found.ok) {
        why = found.problem;
      } else if (found.value.code === codes.none || found.value.code === codes.noName) {
        return found;
      } else {
        why = explain(found.value.code);
        out.add(server);
      }
    }
  }
  return bad(why);
}

/** A server that knows no EDNS gets the question without it; what it says is no validated word then. */
async function askServer(
  options: Omit<Parameters<typeof exchange>[0], "extended">,
): Promise<Result<Response, string>> {
  const found = await exchange({ ...options, extended: true });
  if (!found.ok) return found;
  const { code } = found.value;
  if (code !== codes.format && code !== codes.notImplemented) return found;
  const plain = await exchange({ ...options, extended: false });
  return plain.ok ? good({ ...plain.value, isAuthentic: false }) : plain;
}

function explain(code: number): string {
  if (code === codes.failure) return "the DNS server could not find out (SERVFAIL)";
  if (code === codes.refused) return "the DNS server refuses to answer (REFUSED)";
  return `the DNS look-up failed (RCODE ${code})`;
}
