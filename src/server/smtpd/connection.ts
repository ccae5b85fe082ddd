// One client's connection: the socket on one side, the session without I/O on the other.

import type { Socket } from "node:net";
import type { LineFault } from "../../core/line-reader.ts";
import type { LoginVerdict } from "../../core/login/verdict.ts";
import { formatDecisionId } from "../../core/policy/decision-id.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import { formatReply, type Reply } from "../../core/smtp/reply.ts";
import { smtpSecrets } from "../../core/smtp/server/secrets.ts";
import { type Awaited, Conversation, type Listener } from "../../core/smtp/server/conversation.ts";
import { replies } from "../../core/smtp/server/replies.ts";
import type { Question, Transaction } from "../../core/smtp/server/state.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { CredentialQuestion } from "../../core/sasl/credentials.ts";
import type { Accepted, Authorization, UsedGrant } from "./authorize.ts";
import { Channel, type ChannelEvents } from "../../io/net/channel.ts";
import type { Expiring } from "../../io/net/deadlines.ts";
import { Intake, type IntakeOptions } from "./intake.ts";
import type { Occasion } from "./report.ts";
import type { TlsCounts } from "../metrics/counters.ts";
import type { Watched } from "../logins/logins.ts";
import type { SessionPolicy } from "./session-policy.ts";
import { SessionTap } from "../watching/session-tap.ts";
import type { Watchers } from "../watching/watchers.ts";
import type { TlsOffer } from "../tls-offer.ts";

export interface ConnectionOptions {
  readonly policy: SessionPolicy;
  readonly intake: IntakeOptions;
  /** Milliseconds for the next command to arrive whole. */
  readonly commandTime: number;
  /** Milliseconds for a whole message to arrive. */
  readonly messageTime: number;
  readonly watchers: Watchers;
  /** Where handshakes are counted. */
  readonly tlsCounts: TlsCounts;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

export interface ConnectionSource {
  readonly id: MessageId;
  readonly listener: string;
  readonly role: RelayRole;
  readonly client: IpAddress;
}

/** Milliseconds that a client has to read our last words and to close its side. */
const leaveTime = 5_000;

function loginReply(verdict: LoginVerdict): Reply {
  switch (verdict) {
    case "good":
      return replies.loggedIn;
    case "refused":
      return replies.loginRefused;
    case "turned-away":
      return replies.loginsTurnedAway;
  }
}

type Asked<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;

/** Greets, and serves until the socket closes. */
export class Connection implements Listener, ChannelEvents, Expiring {
  readonly #channel: Channel;
  readonly #source: ConnectionSource;
  readonly #options: ConnectionOptions;
  readonly #session: string;
  readonly #conversation: Conversation;
  readonly #tap: SessionTap;
  #unsent = "";
  #closing = false;
  #farewell = false; // the last reply was to QUIT
  #intake: Intake | undefined;
  #decisions = 0;
  /** The recipient that was accepted last. */
  #accepted: Accepted | undefined;
  /** What lets the message be relayed, where that is a grant. */
  #usedGrant: UsedGrant | undefined;
  /** Of the login that is under way. */
  #watched: Watched | undefined;
  #awaited: Awaited = "command";
  #deadline: number;
  #messageDeadline = Infinity;

  constructor(socket: Socket, source: ConnectionSource, options: ConnectionOptions) {
    const { policy, elapsed, commandTime } = options;
    this.#source = source;
    this.#options = options;
    this.#session = formatMessageId(source.id);
    this.#deadline = elapsed() + commandTime;
    this.#tap = new SessionTap(
      options.watchers,
      { session: this.#session, listener: source.listener, client: source.client },
      smtpSecrets,
    );
    this.#tap.note("a client has connected");
    this.#conversation = new Conversation(policy.session, this);
    this.#channel = new Channel(socket, this);
    if (source.role === "submission" && policy.terms.logins.turnsAway(source.client))
      this.#turnAway();
    else if (policy.terms.tls?.isImplicit === true) void this.#secure(policy.terms.tls);
    else this.#greet();
  }

  /** Monotonic milliseconds at which `expire` is due. */
  get deadline(): number {
    return this.#deadline;
  }

  expire(): void {
    if (this.#closing) {
      this.#channel.destroy();
    } else {
      this.#conversation.timeout();
      this.#settle();
    }
  }

  /** Ends the session as soon as the message that is arriving is done. */
  shutdown(): void {
    this.#conversation.shutdown();
    this.#settle();
  }

  reply(reply: Reply): void {
    this.#farewell = reply.code === 221;
    const text = formatReply(reply);
    this.#tap.said(text, reply.code === 334);
    this.#unsent += text;
  }

  ask(question: Question): void {
    switch (question.kind) {
      case "recipient":
        return this.#decide(question);
      case "content":
        return this.#begin(question);
      case "message":
        return void this.#keep(question);
      case "login":
        return void this.#conclude(question);
    }
  }

  check(question: CredentialQuestion): void {
    const { logins } = this.#options.policy.terms;
    void logins.check(question, this.#source.client).then(({ answer, watched }) => {
      this.#watched = watched;
      this.#conversation.checked(answer);
      this.#settle();
    });
  }

  startTls(): void {
    const { tls } = this.#options.policy.terms;
    this.#flush(); // the last words in clear
    if (tls === undefined) this.#channel.destroy();
    else void this.#secure(tls);
  }

  heard(line: string, isResponse: boolean): void {
    this.#tap.heard(line, isResponse);
  }

  misheard(fault: LineFault): void {
    this.#tap.note(`the client sent no line: ${fault}`);
  }

  content(octets: Uint8Array): void {
    this.#tap.heardContent(octets.length);
    this.#intake?.take(octets);
  }

  abandon(): void {
    this.#intake?.abandon();
    this.#endIntake();
  }

  close(): void {
    this.#closing = true;
  }

  onOctets(octets: Uint8Array): void {
    this.#conversation.receive(octets);
    this.#settle();
  }

  onDrain(): void {
    this.#settle();
  }

  onEnd(): void {
    this.#conversation.end();
    this.#settle();
  }

  onClosed(): void {
    this.#tap.note("the connection is closed");
    this.#closing = true;
    this.#conversation.end();
  }

  #greet(): void {
    this.#conversation.greet();
    this.#settle();
  }

  /** Without a login there is nothing here for the client. */
  #turnAway(): void {
    // In the clear also where TLS would begin at once: not worth a handshake.
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
    const { log } = this.#options.intake;
    const { listener, client } = this.#source;
    const fields = { session: this.#session, listener, client: formatIp(client), problem };
    log.info({ event: "tls-failed", ...fields }, "no TLS came about");
  }

  #decide({ transaction, recipient }: Asked<"recipient">): void {
    const { role, client } = this.#source;
    if (transaction.recipients.length === 0) this.#usedGrant = undefined;
    const { terms, inquiry, access } = this.#options.policy;
    const answer = terms.authorize({
      ...this.#occasion(transaction),
      role,
      tls: transaction.tls === undefined ? terms.tlsState : "up",
      client,
      account: transaction.login,
      inquiry,
      access,
      sender: transaction.sender,
      recipient,
    });
    if (!(answer instanceof Promise)) return this.#decided(answer);
    void answer.then((found) => {
      this.#decided(found);
      this.#settle();
    });
  }

  #decided(answer: Authorization): void {
    if (answer.accepted !== undefined) this.#accepted = answer.accepted;
    this.#usedGrant = answer.accepted?.usedGrant ?? this.#usedGrant;
    this.#conversation.answer(answer);
  }

  #occasion({ hello }: Transaction): Occasion {
    const id = formatDecisionId(this.#session, ++this.#decisions);
    return { id, listener: this.#source.listener, hello: hello.name };
  }

  #begin({ transaction }: Asked<"content">): void {
    const { intake, elapsed, messageTime } = this.#options;
    const { terms } = this.#options.policy;
    const { listener, role, client } = this.#source;
    const accepted = this.#accepted;
    const refusal = accepted && terms.admitMessage(() => this.#occasion(transaction), accepted);
    if (refusal !== undefined) return this.#conversation.answer({ reply: refusal });
    const { submission, inspections, removesForgedResults } = terms;
    const mayRelay = () => accepted !== undefined && terms.mayRelay(accepted.request);
    const onDrain = () => this.#settle();
    this.#intake = new Intake(
      intake,
      {
        session: this.#session,
        listener,
        role,
        client,
        isGranted: this.#usedGrant !== undefined,
        grantedTo: this.#usedGrant?.account ?? undefined,
        submission,
        inspections,
        removesForgedResults,
        mayRelay,
        onDrain,
      },
      transaction,
    );
    this.#messageDeadline = elapsed() + messageTime;
    this.#conversation.answer({ reply: replies.startContent });
  }

  async #conclude({ attempt, outcome }: Asked<"login">): Promise<void> {
    const { logins } = this.#options.policy.terms;
    const { client, listener } = this.#source;
    const session = this.#session;
    const watched = this.#watched;
    this.#watched = undefined;
    const { mechanism } = attempt;
    const verdict = await logins.conclude({
      client,
      listener,
      session,
      mechanism,
      outcome,
      watched,
    });
    this.#conversation.answer({ reply: loginReply(verdict) });
    this.#settle();
  }

  async #keep({ traits }: Asked<"message">): Promise<void> {
    const whole = this.#intake;
    this.#endIntake();
    const usedGrant = this.#usedGrant;
    const reply = (await whole?.finish(traits)) ?? replies.shuttingDown;
    if (usedGrant !== undefined && reply.code === 250) {
      this.#options.policy.terms.onRelayedForGrant(usedGrant);
    }
    this.#conversation.answer({ reply });
    this.#settle();
  }

  #endIntake(): void {
    this.#intake = undefined;
    this.#messageDeadline = Infinity;
  }

  /** After anything that may have changed the session: writes, closes, reads on or waits. */
  #settle(): void {
    if (this.#channel.isOver) return;
    const progress = this.#flush();
    if (this.#closing) return this.#leave();
    this.#watch(progress);
    this.#channel.regulate(this.#conversation.heldOctets > 0 || this.#intake?.isFull === true);
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
    if (this.#channel.end(this.#farewell)) {
      this.#deadline = this.#options.elapsed() + leaveTime;
    }
  }

  /** Moves the deadline: a command has its time from the last reply, a message from its start, in
   * however many chunks it comes. */
  #watch(progress: boolean): void {
    const { waitingFor } = this.#conversation;
    if (waitingFor === this.#awaited && !(progress && waitingFor === "command")) return;
    this.#awaited = waitingFor;
    const end = this.#options.elapsed() + this.#timeFor(waitingFor);
    this.#deadline = Math.min(this.#messageDeadline, end);
  }

  #timeFor(waitingFor: Awaited): number {
    switch (waitingFor) {
      case "command":
        return this.#options.commandTime;
      case "content":
        return this.#options.messageTime;
      case "answer":
      case "nothing":
        return Infinity;
    }
  }
}
