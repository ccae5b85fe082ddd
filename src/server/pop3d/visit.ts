// One connection's time in a mailbox: it is opened after a good login, with the grant that the login
// brings, and given back however the connection ends.

import { errorText } from "../../core/error-text.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { parseAddress } from "../../core/mail/address.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { frameMessage } from "../../core/pop3/message-framing.ts";
import type { Answer } from "../../core/pop3/state.ts";
import { MessageGone } from "../../io/maildir/mailbox-error.ts";
import type { Mailboxes, OpenedMailbox } from "../../io/maildir/mailboxes.ts";
import type { OpenMailbox } from "../../io/maildir/open-mailbox.ts";
import type { GrantDesk } from "../grants/grants.ts";
import type { Log } from "../log.ts";

export interface VisitOptions {
  readonly mailboxes: Pick<Mailboxes, "open">;
  /** Absent where reading mail opens no relaying. */
  readonly grants?: GrantDesk;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

interface Visitor {
  readonly session: string;
  readonly listener: string;
  readonly client: IpAddress;
}

type Result<Kind extends Answer["kind"]> = Extract<
  Answer,
  { kind: Kind; result: unknown }
>["result"];

/** A message whose first octets have been read: it is there. */
interface Reading {
  readonly first: IteratorResult<Uint8Array, unknown>;
  readonly chunks: AsyncIterator<Uint8Array>;
}

export class Visit {
  readonly #options: VisitOptions;
  readonly #visitor: Visitor;
  /** What must be over before the mailbox can be given back. */
  #busy: Promise<unknown> = Promise.resolve();
  #account = "";
  #mailbox: OpenMailbox | undefined;
  #isClosed = false;
  #logins = 0;
  /** The name of the grant's session, while there is one. */
  #granted: string | undefined;
  #reading: Reading | undefined;
  #retrieved = 0;
  #deleted = 0;

  constructor(options: VisitOptions, visitor: Visitor) {
    this.#options = options;
    this.#visitor = visitor;
  }

  /** @param noRelay the login opens no relaying for the client's address. */
  async enter(account: string, noRelay: boolean): Promise<Result<"open">> {
    this.#account = account;
    // The client may send as soon as it is told that it is in.
    const entering = Promise.all([this.#open(account), noRelay ? undefined : this.#grant()]);
    this.#busy = entering;
    const [opened] = await entering;
    switch (opened.kind) {
      case "opened":
        this.#mailbox = opened.mailbox;
        return { kind: "opened", messages: opened.mailbox.messages };
      case "in-use":
        this.#note("mailbox-in-use", "another session has the mailbox open");
        return opened;
      case "unavailable":
        this.#complain("mailbox-unavailable", opened.why, "a mailbox could not be opened");
        return { kind: "unavailable" };
    }
  }

  /** Begins to read a message. */
  async begin(index: number): Promise<Result<"message">> {
    const chunks = this.#mailbox?.read(index)[Symbol.asyncIterator]();
    if (chunks === undefined) return "unreadable";
    const first = chunks.next();
    this.#busy = first;
    try {
      this.#reading = { first: await first, chunks };
      return "ready";
    } catch (error) {
      if (error instanceof MessageGone) return "gone";
      this.#complain("message-unreadable", errorText(error), "a message could not be read");
      return "unreadable";
    }
  }

  /** The message that was begun, as it is sent. Rejects where it cannot be read to its end. */
  async *pieces(bodyLines: number | undefined): AsyncGenerator<Uint8Array, void> {
    const reading = this.#reading;
    if (reading === undefined) throw new Error("a message was sent that was not begun");
    const framing = frameMessage(bodyLines);
    try {
      let next = reading.first;
      while (next.done !== true && !framing.isComplete) {
        yield framing.push(next.value);
        if (!framing.isComplete) next = await reading.chunks.next();
      }
    } finally {
      await this.#endReading();
    }
    yield framing.end();
  }

  /** The client has got all of a message. */
  retrieved(index: number): void {
    this.#retrieved++;
    this.#mailbox?.markSeen(index);
  }

  /** Removes messages and gives the mailbox back, so that the client can come again as soon as it is
   * told. Returns how many could not be removed. */
  async update(deleted: readonly number[]): Promise<number> {
    const updating = this.#remove(deleted);
    this.#busy = updating;
    return updating;
  }

  /** Gives all back. To be called once, when the connection is over; never rejects. */
  async leave(): Promise<void> {
    await this.#busy.catch(() => {});
    await this.#endReading();
    await this.#endGrant();
    const mailbox = this.#mailbox;
    if (mailbox === undefined) return;
    await this.#close(mailbox);
    const { session, listener, client } = this.#visitor;
    const counts = {
      messages: mailbox.messages.length,
      retrieved: this.#retrieved,
      deleted: this.#deleted,
    };
    const fields = { session, listener, client: formatIp(client), account: this.#account };
    this.#options.log.info({ event: "pop3-session", ...fields, ...counts }, "a session has ended");
  }

  async #open(account: string): Promise<OpenedMailbox> {
    const address = parseAddress(account);
    if (!address.ok) return { kind: "unavailable", why: "the login is no address" };
    return this.#options.mailboxes.open(address.value);
  }

  async #remove(indexes: readonly number[]): Promise<number> {
    const mailbox = this.#mailbox;
    if (mailbox === undefined) return indexes.length;
    const failed = indexes.length === 0 ? 0 : await this.#tryToRemove(mailbox, indexes);
    this.#deleted = indexes.length - failed;
    await this.#close(mailbox);
    return failed;
  }

  async #tryToRemove(mailbox: OpenMailbox, indexes: readonly number[]): Promise<number> {
    const text = "messages could not be removed";
    try {
      const failed = await mailbox.remove(indexes);
      const why = `${failed} of ${indexes.length}`;
      if (failed > 0) this.#complain("messages-not-removed", why, text);
      return failed;
    } catch (error) {
      this.#complain("messages-not-removed", errorText(error), text);
      return indexes.length;
    }
  }

  async #close(mailbox: OpenMailbox): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await mailbox.close().catch((error: unknown) => {
      this.#complain("mailbox-unavailable", errorText(error), "a mailbox was not closed well");
    });
  }

  /** A second login on a connection, after one whose mailbox was locked, is a session of its own: under
   * the same name it would be taken for the one that has ended. */
  async #grant(): Promise<void> {
    const { grants, now } = this.#options;
    if (grants === undefined) return;
    if (this.#granted !== undefined) await this.#endGrant();
    const { client } = this.#visitor;
    const session = `${this.#visitor.session}.${++this.#logins}`;
    this.#granted = session;
    const account = accountKey(this.#account);
    await grants.opened({ source: "pop3", account, client, session, at: now() });
  }

  async #endGrant(): Promise<void> {
    const { grants, now } = this.#options;
    const session = this.#granted;
    if (session === undefined) return;
    this.#granted = undefined;
    await grants?.closed({ source: "pop3", session, at: now() });
  }

  async #endReading(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.chunks.return?.().catch(() => {}); // what was read is good
  }

  #note(event: string, text: string): void {
    const { session } = this.#visitor;
    this.#options.log.info({ event, session, account: this.#account }, text);
  }

  #complain(event: string, why: string, text: string): void {
    const { session } = this.#visitor;
    this.#options.log.error({ event, session, account: this.#account, why }, text);
  }
}
