// Where the lines of one session are taken for those who watch it.

import { hidden, type Secrets, shownLine, visible } from "../../core/watching/shown-line.ts";
import type { WatchedSession, Watchers } from "./watchers.ts";

/** Lines of one reply that are shown. */
const mostOfReply = 50;

export class SessionTap {
  readonly #watchers: Watchers;
  readonly #session: WatchedSession;
  readonly #secrets: Secrets;
  /** Octets of a message that have come since the last line. */
  #octets = 0;

  constructor(watchers: Watchers, session: WatchedSession, secrets: Secrets) {
    this.#watchers = watchers;
    this.#session = session;
    this.#secrets = secrets;
  }

  /** The client has sent a line.
   * @param isSecret it answers a challenge */
  heard(line: string, isSecret: boolean): void {
    if (this.#watchers.isIdle || !this.#begin()) return;
    this.#watchers.tell(this.#session, "client", shownLine(line, isSecret, this.#secrets));
  }

  /** The client has sent octets of a message: of them only the number is told. */
  heardContent(octets: number): void {
    if (!this.#watchers.isIdle) this.#octets += octets;
  }

  /** The client is sent a reply, of one line or several.
   * @param isChallenge what stands in it belongs to a login */
  said(reply: string, isChallenge: boolean): void {
    if (this.#watchers.isIdle || !this.#begin()) return;
    const lines = reply.split("\r\n", mostOfReply + 1).filter((line) => line !== "");
    for (const line of lines.slice(0, mostOfReply)) {
      const text = isChallenge ? `${line.split(" ", 1)[0]} ${hidden}` : visible(line);
      this.#watchers.tell(this.#session, "server", text);
    }
    if (lines.length > mostOfReply) this.#note("and more lines");
  }

  /** Something has happened in the session. */
  note(text: string): void {
    if (this.#watchers.isIdle || !this.#begin()) return;
    this.#note(visible(text));
  }

  /** False where nobody watches this session. */
  #begin(): boolean {
    const octets = this.#octets;
    this.#octets = 0;
    if (!this.#watchers.isWatched(this.#session)) return false;
    if (octets > 0) this.#note(`${octets} octets of a message`);
    return true;
  }

  #note(text: string): void {
    this.#watchers.tell(this.#session, "note", text);
  }
}
