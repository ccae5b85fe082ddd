// What another server tells of a session in which somebody reads mail, whatever words it has for it.

import type { IpAddress } from "../mail/ip.ts";

/** `begun`: somebody logged in. `alive`: something happened in the session, so it goes on. `asleep`:
 * the session goes on although what served it ends; the next end that is told is that one's. `awake`:
 * it is served again. */
export type Sign = "begun" | "alive" | "asleep" | "awake";

export interface ToldSign {
  readonly kind: "sign";
  readonly sign: Sign;
  /** As the other server has it. */
  readonly account: string;
  readonly client: IpAddress;
  readonly session?: string;
  readonly software?: string;
}

export interface ToldEnd {
  readonly kind: "end";
  readonly session: string;
}

/** What has nothing to do with reading mail. */
interface ToldNothing {
  readonly kind: "nothing";
  readonly why: string;
}

export type Told = ToldSign | ToldEnd | ToldNothing;

export const sessionExpected =
  "1 to 200 characters of ASCII without spaces, the same for the session's end";

/** A session's name: another server's, which we only compare. */
export function isSessionName(text: string): boolean {
  return /^[!-~]{1,200}$/.test(text);
}

/** What a client calls itself, fit for a log and a table; undefined for nothing. */
export function softwareName(text: string): string | undefined {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line === "" ? undefined : line.slice(0, 200);
}
