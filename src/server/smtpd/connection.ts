// One client's connection: the socket on one side, the session without I/O on the other.

import type { Socket } from "node:net";
import { formatDecisionId } from "../../core/policy/decision-id.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import { formatReply, type Reply } from "../../core/smtp/reply.ts";
import { type Awaited, Conversation, type Listener } from "../../core/smtp/server/conversation.ts";
import { replies } from "../../core/smtp/server/replies.ts";
import type { Question, Transaction } from "../../core/smtp/server/state.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { Accepted, Authorization } from "./authorize.ts";
import type { Expiring } from "../../io/net/deadlines.ts";
import { Intake, type IntakeOptions } from "./intake.ts";
import type { Occasion } from "./report.ts";
import type { SessionPolicy } from "./session-policy.ts";

export interface ConnectionOptions {
  readonly policy: SessionPolicy;
  readonly intake: IntakeOptions;
  /** Milliseconds for the next command to arrive whole. */
  readonly commandTime: number;
  /** Milliseconds for a whole message to arrive. */
  readonly messageTime: number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

export interface ConnectionSource {
  readonly id: MessageId;
  readonly listener: string;
  readonly role: RelayRole;
  readonly client: IpAddress;
}

/** Replies that a client leaves unread before we stop reading from it, in octets. */
const maxUnread = 64 * 1024;
/** Milliseconds that a client has to read our last words and to close its side. */
const leaveTime = 5_000;

type Asked<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;

/** Greets, and serves until the socket closes. */
export class Connection implements Listener, Expiring {
  readonly #socket: Socket;
  readonly #source: ConnectionSource;
  readonly #options: ConnectionOptions;
  readonly #session: string;
  readonly #conversation: Conversation;
  #unsent = "";
  #closing = false;
  #farewell = false; // the last reply was to QUIT
  #intake: Intake | undefined;
  #decisions = 0;
  /** The recipient that was accepted last. */
  #accepted: Accepted | undefined;
  #awaited: Awaited = "command";
  #deadline: number;
  #messageDeadline = Infinity;

  constructor(socket: Socket, source: ConnectionSource, options: ConnectionOptions) {
    this.#socket = socket;
    this.#source = source;
    this.#options = options;
    this.#session = formatMessageId(source.id);
    this.#deadline = options.elapsed() + options.commandTime;
    this.#conversation = new Conversation(options.policy.session, this);
    this.#attach();
    this.#conversation.greet();
    this.#settle();
  }

  /** Monotonic milliseconds at which `expire` is due. */
  get deadline(): number {
    return this.#deadline;
  }

  expire(): void {
    if (this.#closing) {
      this.#socket.destroy();
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
    this.#unsent += formatReply(reply);
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
        return this.#conversation.answer({ reply: replies.loginUnavailable });
    }
  }

  /** No listener offers AUTH so far, for want of accounts to ask. */
  check(): void {
    this.#conversation.checked({ kind: "unavailable" });
  }

  /** No listener offers STARTTLS so far, for want of a certificate. */
  startTls(): void {
    this.#socket.destroy();
  }

  content(octets: Uint8Array): void {
    this.#intake?.take(octets);
  }

  abandon(): void {
    this.#intake?.abandon();
    this.#endIntake();
  }

  close(): void {
    this.#closing = true;
  }

  #attach(): void {
    const socket = this.#socket;
    socket.on("data", (octets) => {
      this.#conversation.receive(octets);
      this.#settle();
    });
    socket.on("drain", () => this.#settle());
    socket.on("end", () => {
      this.#conversation.end();
      this.#settle();
    });
    socket.on("error", () => socket.destroy()); // the client vanished: close follows
    socket.on("close", () => {
      this.#closing = true;
      this.#conversation.end();
    });
  }

  #decide({ transaction, recipient }: Asked<"recipient">): void {
    const { role, client } = this.#source;
    const { authorize, inquiry } = this.#options.policy;
    const answer = authorize({
      ...this.#occasion(transaction),
      role,
      tls: "optional",
      client,
      login: undefined,
      inquiry,
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
    this.#conversation.answer(answer);
  }

  #occasion({ hello }: Transaction): Occasion {
    const id = formatDecisionId(this.#session, ++this.#decisions);
    return { id, listener: this.#source.listener, hello: hello.name };
  }

  #begin({ transaction }: Asked<"content">): void {
    const { intake, policy, elapsed, messageTime } = this.#options;
    const { listener, client } = this.#source;
    const accepted = this.#accepted;
    const refusal = accepted && policy.admitMessage(() => this.#occasion(transaction), accepted);
    if (refusal !== undefined) return this.#conversation.answer({ reply: refusal });
    const { submission } = policy;
    const onDrain = () => this.#settle();
    this.#intake = new Intake(
      intake,
      { session: this.#session, listener, client, submission, onDrain },
      transaction,
    );
    this.#messageDeadline = elapsed() + messageTime;
    this.#conversation.answer({ reply: replies.startContent });
  }

  async #keep({ traits }: Asked<"message">): Promise<void> {
    const whole = this.#intake;
    this.#endIntake();
    const reply = (await whole?.finish(traits)) ?? replies.shuttingDown;
    this.#conversation.answer({ reply });
    this.#settle();
  }

  #endIntake(): void {
    this.#intake = undefined;
    this.#messageDeadline = Infinity;
  }

  /** After anything that may have changed the session: writes, closes, reads on or waits. */
  #settle(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const progress = this.#unsent !== "";
    if (progress) socket.write(this.#unsent, "latin1");
    this.#unsent = "";
    if (this.#closing) return this.#leave();
    this.#watch(progress);
    const mustWait =
      this.#conversation.heldOctets > 0 ||
      this.#intake?.isFull === true ||
      socket.writableLength > maxUnread;
    if (mustWait && !socket.isPaused()) socket.pause();
    else if (!mustWait && socket.isPaused()) socket.resume();
  }

  /** Ends our side. The client has some time for its own, however much it still sends. */
  #leave(): void {
    const socket = this.#socket;
    if (socket.writableEnded) return;
    // After QUIT nothing more comes: with all written, the socket can close at once.
    if (this.#farewell && socket.writableLength === 0) return void socket.destroy();
    socket.end();
    socket.resume(); // what still comes is thrown away, so that the close is clean
    this.#deadline = this.#options.elapsed() + leaveTime;
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
