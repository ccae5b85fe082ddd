// One client's connection: the socket on one side, the session without I/O on the other.

import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorText } from "../../core/error-text.ts";
import type { LineFault } from "../../core/line-reader.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { type Awaited, Conversation, type Listener } from "../../core/pop3/conversation.ts";
import { listText } from "../../core/pop3/list-text.ts";
import { pop3Secrets } from "../../core/pop3/secrets.ts";
import { replies } from "../../core/pop3/replies.ts";
import { formatReply, type Reply } from "../../core/pop3/reply.ts";
import type { Question, Sending } from "../../core/pop3/state.ts";
import type { CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { Outcome } from "../../core/sasl/exchange.ts";
import { Channel, type ChannelEvents } from "../../io/net/channel.ts";
import type { TlsCounts } from "../metrics/counters.ts";
import type { Watched } from "../logins/logins.ts";
import type { Connection as AnyConnection } from "../reception.ts";
import { SessionTap } from "../watching/session-tap.ts";
import type { Watchers } from "../watching/watchers.ts";
import type { TlsOffer } from "../tls-offer.ts";
import { Outflow } from "./outflow.ts";
import type { SessionPolicy } from "./session-policy.ts";
import { Visit, type VisitOptions } from "./visit.ts";

export interface ConnectionOptions extends VisitOptions {
  readonly policy: SessionPolicy;
  readonly watchers: Watchers;
  /** Where handshakes are counted. */
  readonly tlsCounts: TlsCounts;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** All is over, and what was opened is given back. */
  readonly onOver: () => void;
}

export interface ConnectionSource {
  readonly session: string;
  readonly listener: string;
  readonly client: IpAddress;
}

/** Milliseconds that a client has to read our last words and to close its side. */
const leaveTime = 5_000;

/** Octets that wait before we stop reading: the client's end, which stands behind them, is to be heard
 * before they have their turn. */
const maxHeld = 16 * 1024;

/** Characters of replies that are gathered before they are written. */
const maxUnsent = 32 * 1024;

type Asked<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;

/** Greets, and serves until the socket closes. */
export class Connection implements Listener, ChannelEvents, AnyConnection {
  readonly #channel: Channel;
  readonly #source: ConnectionSource;
  readonly #options: ConnectionOptions;
  readonly #conversation: Conversation;
  readonly #tap: SessionTap;
  readonly #outflow: Outflow;
  readonly #visit: Visit;
  #unsent = "";
  #closing = false;
  /** Nothing is removed: the client ended its side and had not been sent all that it asked for, or its
   * login is not good any more. */
  #keepsAll = false;
  #farewell = false; // the last reply was to QUIT
  /** Of the login that is under way. */
  #watched: Watched | undefined;
  #noRelay = false;
  /** Of the last good login, as `accountKey` has it. */
  #account: string | undefined;
  /** Whose logins went bad since the last one here was concluded. */
  readonly #endedAccounts = new Set<string>();
  #awaited: Awaited = "login";
  #deadline: number;

  constructor(socket: Socket, source: ConnectionSource, options: ConnectionOptions) {
    const { policy, elapsed } = options;
    this.#source = source;
    this.#options = options;
    this.#deadline = elapsed() + policy.loginTime;
    this.#visit = new Visit(options, source);
    this.#tap = new SessionTap(options.watchers, source, pop3Secrets);
    this.#tap.note("a client has connected");
    this.#conversation = new Conversation(policy.session, this);
    this.#channel = new Channel(socket, this);
    this.#outflow = new Outflow(this.#channel, () => this.#postpone());
    if (policy.logins.turnsAway(source.client)) this.#turnAway();
    else if (policy.tls?.isImplicit === true) void this.#secure(policy.tls);
    else this.#greet();
  }

  /** Monotonic milliseconds at which `expire` is due. */
  get deadline(): number {
    return this.#deadline;
  }

  get isFull(): boolean {
    return this.#unsent.length > maxUnsent || this.#channel.isFull;
  }

  expire(): void {
    if (this.#closing) {
      this.#channel.destroy();
    } else {
      this.#conversation.timeout();
      this.#settle();
    }
  }

  /** Ends the session as soon as what is under way is done. */
  shutdown(): void {
    this.#conversation.shutdown();
    this.#settle();
  }

  /** The account's logins are not good any more: its session ends as with `shutdown`, and removes
   * nothing; a login that is under way comes to nothing. */
  endOf(account: string): void {
    this.#endedAccounts.add(account);
    if (account !== this.#account) return;
    this.#keepsAll = true;
    this.shutdown();
  }

  reply(reply: Reply): void {
    this.#farewell = reply === replies.bye;
    const text = formatReply(reply);
    this.#tap.said(text, reply.status === "+");
    this.#unsent += text;
  }

  ask(question: Question): void {
    switch (question.kind) {
      case "login":
        return void this.#conclude(question);
      case "open":
        return void this.#open(question);
      case "message":
        return void this.#begin(question);
      case "update":
        return void this.#update(question);
    }
  }

  check(question: CredentialQuestion): void {
    const { logins } = this.#options.policy;
    void logins.check(question, this.#source.client).then(({ answer, watched, noRelay }) => {
      this.#watched = watched;
      this.#noRelay = noRelay === true || this.#options.policy.noRelay;
      this.#conversation.checked(answer);
      this.#settle();
    });
  }

  heard(line: string, isResponse: boolean): void {
    this.#tap.heard(line, isResponse);
  }

  misheard(fault: LineFault): void {
    this.#tap.note(`the client sent no line: ${fault}`);
  }

  send(sending: Sending): void {
    this.#tap.note(sending.kind === "message" ? "a message is sent" : "a list is sent");
    void this.#send(sending);
  }

  startTls(): void {
    const { tls } = this.#options.policy;
    this.#flush(); // the last words in clear
    if (tls === undefined) this.#channel.destroy();
    else void this.#secure(tls);
  }

  close(): void {
    this.#closing = true;
  }

  onOctets(octets: Uint8Array): void {
    this.#conversation.receive(octets);
    this.#settle();
  }

  onDrain(): void {
    this.#outflow.drained();
    this.#postpone();
    this.#conversation.goOn();
    this.#settle();
  }

  onEnd(): void {
    if (this.#channel.unread > 0) this.#keepsAll = true;
    this.#conversation.end();
    this.#settle();
  }

  onClosed(): void {
    this.#tap.note("the connection is closed");
    this.#closing = true;
    this.#conversation.lost();
    this.#outflow.stop();
    void this.#visit.leave().then(this.#options.onOver);
  }

  #greet(): void {
    this.#conversation.greet();
    this.#settle();
  }

  /** In the clear also where TLS would begin at once: not worth a handshake. */
  #turnAway(): void {
    this.#conversation.turnAway(replies.clientTurnedAway);
    this.#settle();
  }

  async #secure(tls: TlsOffer): Promise<void> {
    const facts = await this.#channel.secure(tls);
    if (!facts.ok) return this.#noteHandshake(facts.problem);
    this.#options.tlsCounts.done.add(facts.value.version);
    this.#tap.note(`TLS is up: ${facts.value.version}, ${facts.value.cipher}`);
    this.#conversation.tlsUp(facts.value);
    if (tls.isImplicit) this.#greet();
    else this.#settle();
  }

  #noteHandshake(problem: string): void {
    this.#options.tlsCounts.failed++;
    this.#tap.note(`no TLS came about: ${problem}`);
    const { session, listener, client } = this.#source;
    const fields = { session, listener, client: formatIp(client), problem };
    this.#options.log.info({ event: "tls-failed", ...fields }, "no TLS came about");
  }

  async #conclude({ kind, mechanism, outcome }: Asked<"login">): Promise<void> {
    const watched = this.#watched;
    this.#watched = undefined;
    const attempt = { ...this.#source, mechanism, outcome, watched };
    const concluded = await this.#options.policy.logins.conclude(attempt);
    const verdict = this.#isStillGood(outcome) ? concluded : "refused";
    this.#conversation.answer({ kind, verdict });
    this.#settle();
  }

  /** Notes whose session this comes to be, at once with the answer: there is no gap for `endOf`. */
  #isStillGood(outcome: Outcome): boolean {
    const account = outcome.kind === "success" ? accountKey(outcome.account) : undefined;
    const isStillGood = account === undefined || !this.#endedAccounts.has(account);
    this.#endedAccounts.clear();
    if (isStillGood) this.#account = account;
    return isStillGood;
  }

  async #open({ kind, account }: Asked<"open">): Promise<void> {
    const result = await this.#visit.enter(account, this.#noRelay);
    this.#conversation.answer({ kind, result });
    this.#settle();
  }

  async #begin({ kind, index }: Asked<"message">): Promise<void> {
    const result = await this.#visit.begin(index);
    this.#conversation.answer({ kind, result });
    this.#settle();
  }

  /** Only when the client has been sent all that it asked for before, and is still there. */
  async #update({ kind, deleted }: Asked<"update">): Promise<void> {
    this.#flush();
    await this.#channel.written();
    await nextTurn(); // what the system knows of the connection's end is heard first
    if (this.#closing) return;
    const failed = this.#keepsAll
      ? deleted.length + (await this.#visit.update([]))
      : await this.#visit.update(deleted);
    this.#conversation.answer({ kind, failed });
    this.#settle();
  }

  async #send(sending: Sending): Promise<void> {
    const pieces =
      sending.kind === "message"
        ? this.#visit.pieces(sending.bodyLines)
        : listText(sending.drop, sending.kind);
    this.#flush();
    try {
      if (!(await this.#outflow.write(pieces))) return;
    } catch (error) {
      // The client has had its +OK: there is no other way to say that this is not all.
      this.#noteCut(errorText(error));
      return this.#channel.destroy();
    }
    if (sending.kind === "message" && sending.bodyLines === undefined) {
      this.#visit.retrieved(sending.index);
    }
    this.#conversation.sent();
    this.#settle();
  }

  #noteCut(why: string): void {
    const { session } = this.#source;
    this.#options.log.error(
      { event: "message-unreadable", session, why },
      "a message could not be read to its end",
    );
  }

  /** After anything that may have changed the session: writes, closes, reads on or waits. */
  #settle(): void {
    if (this.#channel.isOver) return;
    let progress = false;
    while (this.#flush()) {
      progress = true;
      this.#conversation.goOn();
    }
    if (this.#closing) return this.#leave();
    this.#watch(progress);
    this.#channel.regulate(this.#conversation.heldOctets > maxHeld);
  }

  /** Returns whether there was something to write. */
  #flush(): boolean {
    if (this.#unsent === "") return false;
    this.#channel.write(this.#unsent);
    this.#unsent = "";
    return true;
  }

  /** The client has some time for its own side; after QUIT nothing more comes of it. */
  #leave(): void {
    this.#outflow.stop();
    if (this.#channel.end(this.#farewell)) {
      this.#deadline = this.#options.elapsed() + leaveTime;
    }
  }

  /** Moves the deadline: a command has its time from the last reply. */
  #watch(progress: boolean): void {
    const { waitingFor } = this.#conversation;
    if (waitingFor === this.#awaited && !progress) return;
    this.#awaited = waitingFor;
    this.#postpone();
  }

  #postpone(): void {
    if (this.#closing) return;
    this.#deadline = this.#options.elapsed() + this.#timeFor(this.#awaited);
  }

  #timeFor(awaited: Awaited): number {
    const { loginTime, idleTime } = this.#options.policy;
    switch (awaited) {
      case "login":
        return loginTime;
      case "command":
      case "reading":
        return idleTime;
      case "answer":
        // Not for ever: before messages are removed, the client must have read what came before.
        return this.#channel.unread > 0 ? idleTime : Infinity;
      case "nothing":
        return Infinity;
    }
  }
}
