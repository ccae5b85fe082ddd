// What clients and we say to each other while somebody looks at it: the last lines of each client whose
// page is open, without secrets. They end when nobody looks any more.

import { formatIp, type IpAddress } from "../../../../core/mail/ip.ts";
import { bad, good, type Result } from "../../../../core/result.ts";
import type { Watch, WatchedLine } from "../../../watching/watch.ts";
import type { Watchers } from "../../../watching/watchers.ts";
import type { Changes } from "../live/changes.ts";

export interface Conversation {
  /** UTC milliseconds. */
  readonly since: number;
  /** The latest last. */
  readonly lines: readonly WatchedLine[];
}

export interface ConversationsOptions {
  readonly watchers: Pick<Watchers, "watch">;
  readonly changes: Pick<Changes, "tell">;
  /** UTC milliseconds. */
  readonly now: () => number;
}

interface Followed {
  readonly watch: Watch;
  readonly since: number;
  lines: WatchedLine[];
  lastLook: number;
  timer?: NodeJS.Timeout;
}

/** Lines that are kept of each. */
const mostLines = 200;
/** Clients that are followed at once. */
const most = 8;
/** Milliseconds after which pages that are open are asked to look again, and after as much again the
 * conversation ends. */
const lookEvery = 60_000;

export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  /** Begins to follow a client, or goes on; the problem says why not. */
  of(client: IpAddress): Result<Conversation, string> {
    const key = formatIp(client);
    const known = this.#followed.get(key);
    if (known !== undefined) {
      known.lastLook = this.#options.now();
      return good(known);
    }
    if (this.#followed.size >= most) {
      return bad(
        `${most} clients are watched on pages already; close one of those, and wait two minutes`,
      );
    }
    const begun = this.#options.watchers.watch({ client });
    if (!begun.ok) return begun;
    return good(this.#follow(key, begun.value));
  }

  #follow(key: string, watch: Watch): Followed {
    const since = this.#options.now();
    const followed: Followed = { watch, since, lines: [], lastLook: since };
    this.#followed.set(key, followed);
    followed.timer = setInterval(() => this.#lookAfter(followed), lookEvery);
    followed.timer.unref();
    void this.#gather(key, followed);
    return followed;
  }

  async #gather(key: string, followed: Followed): Promise<void> {
    for await (const line of followed.watch) {
      followed.lines.push(line);
      if (followed.lines.length > 2 * mostLines) followed.lines = followed.lines.slice(-mostLines);
      this.#options.changes.tell("sessions");
    }
    clearInterval(followed.timer);
    this.#followed.delete(key);
  }

  #lookAfter({ watch, lastLook }: Followed): void {
    const { now, changes } = this.#options;
    if (now() - lastLook >= 2 * lookEvery) watch.close();
    else if (now() - lastLook >= lookEvery / 2) changes.tell("sessions");
  }
}
