// The outside world of the demonstration: an SMTP server that takes whatever it is sent, and says
// "later" to the first attempt for one address.

import { createServer, type Socket } from "node:net";
import { formatAddress } from "../../core/mail/address.ts";
import { formatReply, reply } from "../../core/smtp/reply.ts";
import { Conversation } from "../../core/smtp/server/conversation.ts";
import { replies } from "../../core/smtp/server/replies.ts";
import type { Answer, Question } from "../../core/smtp/server/state.ts";
import type { Endpoint } from "../../core/config/settings.ts";

export interface Sink {
  readonly endpoint: Endpoint;
  /** How often mail for the address has arrived, and how often it was turned away for a while. */
  count(address: string): { readonly arrived: number; readonly deferred: number };
  close(): void;
}

const settings = {
  hostname: "outside.example",
  maxMessageSize: 100 * 1024 * 1024,
  maxRecipients: 1000,
  maxErrors: 10,
  maxIdleCommands: 100,
  maxRefusedRecipients: 100,
};

/** @param busy the address that is told 451 once. */
export async function startSink(busy: string): Promise<Sink> {
  const arrived = new Map<string, number>();
  const deferred = new Map<string, number>();

  function answer(question: Question): Answer {
    switch (question.kind) {
      case "recipient": {
        const name = formatAddress(question.recipient);
        if (name === busy && !deferred.has(name)) {
          deferred.set(name, 1);
          return { reply: reply(451, "4.7.1", "Busy, please come back in a moment") };
        }
        const recipient = { address: question.recipient, kind: "relay" } as const;
        return { reply: reply(250, "2.1.5", "Ok"), recipient };
      }
      case "content":
        return { reply: reply(354, "", "Go ahead") };
      case "message":
        for (const { address } of question.transaction.recipients) {
          const name = formatAddress(address);
          arrived.set(name, (arrived.get(name) ?? 0) + 1);
        }
        return { reply: reply(250, "2.0.0", "Ok") };
      case "login":
        return { reply: replies.loginUnavailable }; // none is offered
    }
  }

  const server = createServer((socket) => serve(socket, answer));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sink has no port");
  return {
    endpoint: { host: "127.0.0.1", port: address.port },
    count: (name) => ({ arrived: arrived.get(name) ?? 0, deferred: deferred.get(name) ?? 0 }),
    close: () => void server.close(),
  };
}

function serve(socket: Socket, answer: (question: Question) => Answer): void {
  const conversation = new Conversation(settings, {
    reply: (given) => void socket.write(formatReply(given)),
    ask: (question) => conversation.answer(answer(question)),
    check: () => conversation.checked({ kind: "unavailable" }),
    startTls: () => void socket.destroy(),
    content: () => {},
    abandon: () => {},
    close: () => void socket.end(),
  });
  conversation.greet();
  socket.on("data", (octets) => conversation.receive(octets));
  socket.on("end", () => conversation.end());
  socket.on("error", () => socket.destroy());
}
