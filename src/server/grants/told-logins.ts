// Takes what another server tells, finds the account that is meant, and says what came of it.

import { toldAccount } from "../../core/grants/told-account.ts";
import type { Told } from "../../core/grants/told.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { Opened } from "./grants.ts";
import type { ToldSessions } from "./told-sessions.ts";

/** For whoever told, as it stands. */
type ToldAnswer =
  | Opened
  /** Of a session's end: whether we knew the session. */
  | { readonly known: boolean }
  | { readonly ignored: string };

export interface ToldLogins {
  /** Never rejects. */
  tell(told: Told): Promise<ToldAnswer>;
}

/** @param defaultDomain of accounts whose names have none. */
export function createToldLogins(
  sessions: Pick<ToldSessions, "seen" | "ended">,
  defaultDomain: Domain | undefined,
): ToldLogins {
  return {
    async tell(told) {
      switch (told.kind) {
        case "nothing":
          return { ignored: told.why };
        case "end":
          return { known: await sessions.ended(told.session) };
        case "sign": {
          const { kind: _, sign, account: name, ...rest } = told;
          const account = toldAccount(name, defaultDomain);
          if (!account.ok) return { granted: false, why: account.problem };
          const opened = await sessions.seen(sign, { ...rest, account: account.value });
          // Whether it was granted before is no matter of whoever told.
          return opened.granted ? { granted: true } : opened;
        }
      }
    },
  };
}
