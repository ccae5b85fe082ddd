// The DNS as verification of one message asks it: each name once, and no more names than honest mail
// needs. What was not asked for that reason is as what nobody could find out.

import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { SpfQuestions } from "../../core/authentication/spf/check.ts";
import type { Questions, RecordType, RecordTypes } from "../../io/dns/questions.ts";

export interface LookUps extends SpfQuestions {
  /** Time is over: what is asked and has no answer yet, and what will be asked, nobody knows. */
  readonly giveUp: () => void;
  /** TXT records, each whole; none where there are none. The problem says why nobody knows. */
  readonly texts: (name: string) => Promise<Result<readonly string[], string>>;
}

/** SPF may need 110 of a well-meaning sender, who would be the first; ARC one a hand. */
const mostLookUps = 150;

export function createLookUps(questions: Pick<Questions, "ask">): LookUps {
  const asked = new Map<string, Promise<Result<readonly string[], string>>>();
  const late = Promise.withResolvers<Result<readonly string[], string>>();

  function once<Type extends RecordType>(
    type: Type,
    name: string,
    read: (record: RecordTypes[Type]) => string,
  ): Promise<Result<readonly string[], string>> {
    const key = `${type} ${name.toLowerCase()}`;
    const before = asked.get(key);
    if (before !== undefined) return before;
    if (asked.size >= mostLookUps)
      return Promise.resolve(bad("the message asks for too many names"));
    const answer = Promise.race([ask(type, name, read), late.promise]);
    asked.set(key, answer);
    return answer;
  }

  async function ask<Type extends RecordType>(
    type: Type,
    name: string,
    read: (record: RecordTypes[Type]) => string,
  ): Promise<Result<readonly string[], string>> {
    try {
      const answer = await questions.ask(name, type);
      if (answer.ok) return good(answer.value.map(read));
      return answer.problem.kind === "unknown" ? bad(answer.problem.why) : good([]);
    } catch (error) {
      // Some answers nobody awaits: a fault here must not end the server.
      return bad(errorText(error));
    }
  }

  return {
    giveUp: () => late.resolve(bad("the DNS did not answer in time")),
    texts: (name) => once("TXT", name, (pieces) => pieces.join("")),
    exchanges: (name) => once("MX", name, ({ exchange }) => exchange),
    addresses: (name, version) => once(version === 4 ? "A" : "AAAA", name, (address) => address),
    names: (reversed) => once("PTR", reversed, (name) => name),
  };
}
