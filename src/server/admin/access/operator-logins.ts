// An operator logs in to the page. Whoever guesses is counted and banned as at all other services, and
// passwords have their turns with those of users.

import { setTimeout as delay } from "node:timers/promises";
import { formatIp, type IpAddress } from "../../../core/mail/ip.ts";
import { success, unavailable, wrongCredentials } from "../../../core/sasl/exchange.ts";
import { saslPrep } from "../../../core/sasl/prepare.ts";
import { longestOperatorPassword } from "../../../io/password/operator-password.ts";
import type { PasswordHashes } from "../../../io/password/hashes.ts";
import type { OperatorStore } from "../../../io/store/operator-store.ts";
import type { Log } from "../../log.ts";
import type { Guard } from "../../logins/guard.ts";
import type { Turns } from "../../logins/turns.ts";
import { isOperatorName } from "../operator-name.ts";

export interface OperatorLoginOptions {
  readonly operators: Pick<OperatorStore, "passwordOf">;
  readonly hashes: PasswordHashes;
  readonly guard: Guard;
  readonly turns: Turns;
  readonly log: Log;
}

export interface LoginTry {
  readonly name: string;
  readonly password: string;
  readonly client: IpAddress;
}

/** `wrong`: name or password; `later`: nothing was found out. */
export type LoginResult = "in" | "wrong" | "banned" | "later";

interface Checked {
  /** Whether somebody has that name. */
  readonly isOperator: boolean;
  readonly result: "in" | "wrong";
}

/** Answers that wait at once, beyond which they go out without a delay. */
const mostDelays = 100;

/** Nobody's, as costly as that of an operator: an unknown name takes as long as a wrong password. */
export const decoy = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

export class OperatorLogins {
  readonly #options: OperatorLoginOptions;
  #delays = 0;

  constructor(options: OperatorLoginOptions) {
    this.#options = options;
  }

  async try({ name, password, client }: LoginTry): Promise<LoginResult> {
    const { guard, log } = this.#options;
    // Apart from the users of mail: who knows a mailbox' password is not known as an operator for it.
    const user = `operator:${name}`;
    const sent = { sent: password, prepared: password };
    const question = { kind: "password", user, actAs: undefined, password: sent } as const;
    const begun = guard.begin(client, question);
    if (begun.verdict === "refuse") {
      const fields = { event: "operator-turned-away", client: formatIp(client) };
      log.info({ ...fields, why: begun.why }, "an operator's login was turned away");
      return "banned";
    }
    const { attempt } = begun;
    const check = () => this.#check(name, password);
    const { turns } = this.#options;
    const isKnown = attempt.lane === "known";
    const found = await (isKnown ? turns.ofKnown(check) : turns.ofStranger(check)).catch(
      () => undefined,
    );
    if (found === undefined) {
      guard.settle(attempt, unavailable(user));
      return "later";
    }
    const { result, isOperator } = found;
    const outcome = result === "in" ? success(user) : wrongCredentials(user);
    const { delayMs } = guard.settle(attempt, outcome);
    // What is nobody's name may be a password in the wrong place, and as long as a form.
    const who = isOperator ? { name } : {};
    const fields = { event: "operator-login", ...who, client: formatIp(client), result };
    if (result === "in") log.info(fields, `the operator ${name} has logged in`);
    else log.warn(fields, "a login to the page failed");
    await this.#wait(delayMs);
    return result;
  }

  /** Rejects where it cannot be found out. */
  async #check(name: string, password: string): Promise<Checked | undefined> {
    const { operators, hashes } = this.#options;
    const stored = isOperatorName(name) ? await operators.passwordOf(name) : undefined;
    // Of what is longer, nobody's is the beginning.
    const looked = password.slice(0, longestOperatorPassword + 1);
    const shown = saslPrep(looked) ?? looked;
    const verdict = await hashes.verify(shown, stored ?? decoy);
    if (verdict.result === "unavailable") return undefined;
    const isOperator = stored !== undefined;
    return { isOperator, result: verdict.result === "matches" && isOperator ? "in" : "wrong" };
  }

  async #wait(milliseconds: number): Promise<void> {
    if (milliseconds === 0 || this.#delays >= mostDelays) return;
    this.#delays++;
    await delay(milliseconds, undefined, { ref: false });
    this.#delays--;
  }
}
