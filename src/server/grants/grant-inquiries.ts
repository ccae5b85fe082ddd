// Asks those sources that may know of logins which nobody has told us of, within bounds: a source
// that is slow or down costs those alone something whose answer hangs on it.

import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import { RecentMap } from "../../core/grants/recent-map.ts";
import { errorText } from "../../core/error-text.ts";
import { clientKey } from "../../core/limits/subject.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { GrantDesk } from "./grants.ts";
import type { GrantInquiry } from "./inquiry.ts";

export interface GrantInquiriesOptions {
  readonly sources: readonly GrantInquiry[];
  readonly desk: Pick<GrantDesk, "opened">;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Milliseconds that a client waits at most. */
const patience = 2_000;
/** So many answers in so many milliseconds that open nothing are enough for one client: the last one
 * stands until they are over. A user who is refused, reads mail and sends again is far below. */
const mostInVain = 5;
const inVainWithin = 10_000;
/** Milliseconds for which an answer stands that did not come. */
const unknownFor = 3_000;
/** Clients that are asked about at once; what is not answered in time counts until it is. */
const mostAtOnce = 20;
const mostRemembered = 10_000;

interface Remembered {
  readonly answer: Fact<boolean>;
  /** It stands until then. */
  readonly until: number;
  /** Answers that opened nothing, from then on. */
  readonly inVain: number;
  readonly since: number;
}

export class GrantInquiries {
  readonly #options: GrantInquiriesOptions;
  readonly #remembered = new RecentMap<Remembered>(mostRemembered);
  readonly #underWay = new Map<string, Promise<Fact<boolean>>>();
  #open = 0;

  constructor(options: GrantInquiriesOptions) {
    this.#options = options;
  }

  /** Whether there is anybody to ask. */
  get isEmpty(): boolean {
    return this.#options.sources.length === 0;
  }

  /** Whether a login has opened a grant that was not known before. Never rejects. */
  async ask(client: IpAddress): Promise<Fact<boolean>> {
    const key = formatIp(client);
    const before = this.#remembered.get(clientKey(client));
    if (before !== undefined && this.#options.elapsed() < before.until) return before.answer;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#open >= mostAtOnce) return unknown("too many questions wait for an answer");
    const asking = this.#askAll(client).then((answer) => {
      this.#underWay.delete(key);
      return this.#remember(clientKey(client), answer);
    });
    this.#underWay.set(key, asking);
    return asking;
  }

  /** By what counts as one client, so that a network of addresses is not asked about one by one. */
  #remember(key: string, answer: Fact<boolean>): Fact<boolean> {
    // What was opened is in memory now: nobody asks again before it is over.
    if (answer.known && answer.value) this.#remembered.delete(key);
    else this.#remembered.set(key, this.#inVain(answer, this.#remembered.get(key)));
    return answer;
  }

  #inVain(answer: Fact<boolean>, before: Remembered | undefined): Remembered {
    const now = this.#options.elapsed();
    const isLater = before === undefined || now >= before.since + inVainWithin;
    const since = isLater ? now : before.since;
    const inVain = isLater ? 1 : before.inVain + 1;
    const stands = inVain < mostInVain ? 0 : since + inVainWithin - now;
    return { answer, until: now + (answer.known ? stands : unknownFor), inVain, since };
  }

  /** Those that answer in time count, if they know of a login; else it counts that some did not. */
  async #askAll(client: IpAddress): Promise<Fact<boolean>> {
    const { sources, desk } = this.#options;
    const answers = await Promise.all(sources.map((source) => this.#askInTime(source, client)));
    let opened = false;
    for (const answer of answers) {
      if (!answer.known) continue;
      for (const login of answer.value) opened = (await desk.opened(login)).granted || opened;
    }
    const silent = answers.find((answer) => !answer.known);
    return silent === undefined || silent.known || opened ? known(opened) : silent;
  }

  async #askInTime(
    source: GrantInquiry,
    client: IpAddress,
  ): Promise<Fact<readonly MailboxLogin[]>> {
    const late = Promise.withResolvers<Fact<never>>();
    const timer = setTimeout(() => {
      late.resolve(unknown(`${source.name} did not answer in ${patience / 1000} seconds`));
    }, patience);
    this.#open++;
    const answer = answerOf(source, client).finally(() => this.#open--);
    const first = await Promise.race([answer, late.promise]);
    clearTimeout(timer);
    return first;
  }
}

async function answerOf(source: GrantInquiry, client: IpAddress) {
  try {
    return await source.ask(client);
  } catch (error) {
    return unknown(`${source.name}: ${errorText(error)}`);
  }
}
