// One entry of `blocklists`: which answers of its zone count, and what it counts.

import { type ListAnswer, readAnswer } from "../../core/blocklist/answer.ts";
import type { BlocklistSettings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Zone, ZoneReport } from "./zone.ts";

export interface ListReport extends ZoneReport {
  readonly score: number;
  readonly fail: BlocklistSettings["fail"];
  /** Clients that were found on it. */
  readonly listed: number;
}

export class List {
  readonly settings: BlocklistSettings;
  readonly #zone: Zone;
  #listed = 0;

  constructor(settings: BlocklistSettings, zone: Zone) {
    this.settings = settings;
    this.#zone = zone;
  }

  /** What the list says of a client. Never rejects. */
  async ask(client: IpAddress): Promise<ListAnswer> {
    const answer = readAnswer(await this.#zone.look(client), this.settings.codes);
    if (answer.kind === "listed") this.#listed++;
    return answer;
  }

  /** Why the list has the client. Never rejects. */
  reason(client: IpAddress): Promise<string | undefined> {
    return this.#zone.reason(client);
  }

  report(): ListReport {
    const { score, fail } = this.settings;
    return { ...this.#zone.report(), score, fail, listed: this.#listed };
  }
}
