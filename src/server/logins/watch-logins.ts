// Logins with a guard before them: each attempt is announced to it before its credentials are
// checked, and its answer waits as long as it says.

import { setTimeout as delay } from "node:timers/promises";
import { formatIp } from "../../core/mail/ip.ts";
import { unavailable } from "../../core/sasl/exchange.ts";
import type { Log } from "../log.ts";
import type { Attempt, Guard } from "./guard.ts";
import type { Logins } from "./logins.ts";
import type { Turns } from "./turns.ts";

interface Watch {
  readonly guard: Guard;
  readonly turns: Turns;
  readonly log: Log;
}

/** Answers that wait at once, beyond which they go out without a delay. */
const mostDelays = 2_000;

export function watchLogins(logins: Logins, { guard, turns, log }: Watch): Logins {
  let delays = 0;

  function inTurn<Value>(
    { lane, isAllowed }: Attempt,
    work: () => Promise<Value>,
  ): Promise<Value | undefined> {
    return lane === "known" || isAllowed ? turns.ofKnown(work) : turns.ofStranger(work);
  }

  async function wait(milliseconds: number): Promise<void> {
    if (milliseconds === 0 || delays >= mostDelays) return;
    delays++;
    await delay(milliseconds, undefined, { ref: false });
    delays--;
  }

  return {
    ...logins,
    turnsAway: (client) => guard.mayTry(client) !== undefined,
    async check(question, client) {
      const watched = guard.begin(client, question);
      if (watched.verdict === "refuse") return { answer: { kind: "rejected" }, watched };
      const { attempt } = watched;
      const checked = await inTurn(attempt, () => logins.check(question, client));
      const answered = checked ?? ({ answer: { kind: "unavailable" } } as const);
      if (answered.answer.kind === "unavailable") guard.settle(attempt, unavailable(question.user));
      return { ...answered, watched };
    },
    async conclude(concluded) {
      const { watched, client, session, outcome } = concluded;
      if (watched?.verdict === "refuse") {
        const fields = { event: "login-turned-away", session, client: formatIp(client) };
        log.info({ ...fields, why: watched.why }, "login turned away");
        return "turned-away";
      }
      const verdict = await logins.conclude(concluded);
      const { delayMs } =
        watched === undefined ? guard.unchecked(client) : guard.settle(watched.attempt, outcome);
      await wait(delayMs);
      return verdict;
    },
  };
}
