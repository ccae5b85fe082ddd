// One client's connection: the socket on one side, the session without I/O on the other.

import type { Socket } from "node:net";
import { formatMessageId } from "../../core/queue/message.ts";
import { formatReply } from "../../core/smtp/reply.ts";
import { type Conversation, createConversation } from "../../core/smtp/server/conversation.ts";
import { replies } from "../../core/smtp/server/replies.ts";
import type { Question, SessionSettings } from "../../core/smtp/server/state.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { Authorize } from "./authorize.ts";
import { beginIntake, type Intake, type IntakeOptions } from "./intake.ts";

export interface ConnectionOptions {
  readonly session: SessionSettings;
  readonly authorize: Authorize;
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
  readonly client: IpAddress;
}

export interface Connection {
  /** Monotonic milliseconds at which `expire` is due. */
  readonly deadline: number;
  expire(): void;
  /** Ends the session as soon as the message that is arriving is done. */
  shutdown(): void;
}

/** Replies that a client leaves unread before we stop reading from it, in octets. */
const maxUnread = 64 * 1024;
/** Milliseconds that a client has to read our last words and to close its side. */
const leaveTime = 5_000;

/** Greets, and serves until the socket closes. */
export function serveConnection(
  socket: Socket,
  source: ConnectionSource,
  options: ConnectionOptions,
): Connection {
  const session = formatMessageId(source.id);
  let unsent = "";
  let closing = false;
  let farewell = false; // the last reply was to QUIT
  let intake: Intake | undefined;
  let decisions = 0;
  let deadline = options.elapsed() + options.commandTime;
  let messageDeadline = Infinity;
  let awaited = "command";

  const conversation = createConversation(options.session, {
    reply: (reply) => {
      farewell = reply.code === 221;
      unsent += formatReply(reply);
    },
    ask: (question) => {
      ask(question);
    },
    content: (octets) => intake?.take(octets),
    abandon: () => {
      intake?.abandon();
      endIntake();
    },
    close: () => {
      closing = true;
    },
  });

  function ask(question: Question): void {
    switch (question.kind) {
      case "recipient":
        return answerRecipient(question);
      case "content": {
        const begun = { session, ...source, onDrain: settle };
        intake = beginIntake(options.intake, begun, question.transaction);
        messageDeadline = options.elapsed() + options.messageTime;
        return conversation.answer({ reply: replies.startContent });
      }
      case "message":
        void keep(question);
    }
  }

  function answerRecipient({ transaction, recipient }: Extract<Question, { kind: "recipient" }>) {
    const answer = options.authorize({
      id: `${session}.${++decisions}`,
      listener: source.listener,
      client: source.client,
      sender: transaction.sender,
      recipient,
    });
    if (!(answer instanceof Promise)) return conversation.answer(answer);
    void answer.then((found) => {
      conversation.answer(found);
      settle();
    });
  }

  async function keep({ traits }: Extract<Question, { kind: "message" }>): Promise<void> {
    const whole = intake;
    endIntake();
    const reply = (await whole?.finish(traits)) ?? replies.shuttingDown;
    conversation.answer({ reply });
    settle();
  }

  function endIntake(): void {
    intake = undefined;
    messageDeadline = Infinity;
  }

  /** After anything that may have changed the session: writes, closes, reads on or waits. */
  function settle(): void {
    if (socket.destroyed) return;
    const progress = unsent !== "";
    if (progress) socket.write(unsent);
    unsent = "";
    if (closing) return leave();
    watch(progress);
    const mustWait =
      conversation.heldOctets > 0 || intake?.isFull === true || socket.writableLength > maxUnread;
    if (mustWait && !socket.isPaused()) socket.pause();
    else if (!mustWait && socket.isPaused()) socket.resume();
  }

  /** Ends our side. The client has some time for its own, however much it still sends. */
  function leave(): void {
    if (socket.writableEnded) return;
    // After QUIT nothing more comes: with all written, the socket can close at once.
    if (farewell && socket.writableLength === 0) return void socket.destroy();
    socket.end();
    socket.resume(); // what still comes is thrown away, so that the close is clean
    deadline = options.elapsed() + leaveTime;
  }

  /** Moves the deadline: a command has its time from the last reply, a message from its start, in
   * however many chunks it comes. */
  function watch(progress: boolean): void {
    const { waitingFor } = conversation;
    if (waitingFor === awaited && !(progress && waitingFor === "command")) return;
    awaited = waitingFor;
    deadline = Math.min(messageDeadline, options.elapsed() + timeFor(waitingFor));
  }

  function timeFor(waitingFor: Conversation["waitingFor"]): number {
    switch (waitingFor) {
      case "command":
        return options.commandTime;
      case "content":
        return options.messageTime;
      case "answer":
      case "nothing":
        return Infinity;
    }
  }

  socket.on("data", (octets) => {
    conversation.receive(octets);
    settle();
  });
  socket.on("drain", settle);
  socket.on("end", () => {
    conversation.end();
    settle();
  });
  socket.on("error", () => socket.destroy()); // the client vanished: close follows
  socket.on("close", () => {
    closing = true;
    conversation.end();
  });
  settle();

  return {
    get deadline() {
      return deadline;
    },
    expire() {
      if (closing) {
        socket.destroy();
      } else {
        conversation.timeout();
        settle();
      }
    },
    shutdown() {
      conversation.shutdown();
      settle();
    },
  };
}
