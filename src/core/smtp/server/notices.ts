import type { Session, SessionSettings } from "./state.ts";

/** Whether the client may say what it wants to be told of its messages (RFC 3461). */
export function offersNotices(
  { login }: Pick<Session, "login">,
  { notices }: Pick<SessionSettings, "notices">,
): boolean {
  return notices === "all" || (notices === "logins" && login !== undefined);
}
