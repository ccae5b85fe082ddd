// Several sources of logins as one.

import type {
  LoginFailure,
  LoginOutcome,
  LoginRequest,
  LoginSource,
} from "../../core/login/source.ts";

/** Takes the time of a password's check, for a login that nobody has (`PasswordHashes.pretend`). */
export type Pretend = (
  password: string,
) => Promise<
  { readonly result: "differs" } | { readonly result: "unavailable"; readonly why: string }
>;

/**
 * The sources in their order, as one. The first that knows the login decides:
 *
 * - `good` and `refused` are the end. Who has been disabled, or has a new password, at the first
 *   place that knows them does not come in through an old entry at a later one.
 * - `unknown`: the next one is asked. Where all say so, it takes the time that the check of a password
 *   takes, so that the time does not tell which users exist.
 * - `temporary` is the end too. The source that did not answer might have refused, so a later yes
 *   would be a guess; and it might have said yes, so a later no would be told as final to a client
 *   that forgets its password over it. Sources before it have spoken already: a database that is down
 *   keeps out nobody whom they know.
 *
 * A login or a password with a NUL is refused unseen: in C, and in checkpassword's format, it would be
 * another one.
 */
export function tryInOrder(sources: readonly LoginSource[], pretend: Pretend): LoginSource {
  return {
    name: "logins",
    async verify(request) {
      const nul = refuseNul(request);
      if (nul !== undefined) return nul;
      const outcome = await firstToKnow(sources, (source) => source.verify(request));
      return outcome.result === "unknown" ? takeTime(outcome, request, pretend) : outcome;
    },
    async clearPassword(request) {
      const nul = refuseNul({ ...request, password: "" });
      if (nul !== undefined) return nul;
      return firstToKnow(sources, async (source) => {
        return source.clearPassword?.(request) ?? unknown(`${source.name} holds no passwords`);
      });
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

async function firstToKnow<Outcome extends { readonly result: string }>(
  sources: readonly LoginSource[],
  ask: (source: LoginSource) => Promise<Outcome | LoginFailure>,
): Promise<Outcome | LoginFailure> {
  const reasons: string[] = [];
  for (const source of sources) {
    // One after another: what the next one says counts only where this one knows nothing.
    // oxlint-disable-next-line no-await-in-loop
    const outcome = await ask(source);
    if (outcome.result !== "unknown") return outcome;
    if ("why" in outcome) reasons.push(outcome.why);
  }
  return unknown(reasons.length === 0 ? "there are no logins" : reasons.join("; "));
}

async function takeTime(
  outcome: LoginOutcome,
  { password }: LoginRequest,
  pretend: Pretend,
): Promise<LoginOutcome> {
  const pretended = await pretend(password);
  if (pretended.result === "differs") return outcome;
  return { result: "temporary", why: pretended.why, fault: "busy" };
}

function refuseNul({ login, password }: LoginRequest): LoginFailure | undefined {
  if (!login.includes("\0") && !password.includes("\0")) return undefined;
  return { result: "refused", why: "there is a NUL in the login or the password" };
}

function unknown(why: string): LoginFailure {
  return { result: "unknown", why };
}
