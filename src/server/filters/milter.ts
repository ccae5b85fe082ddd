// One message shown to a filter of the operator's, over a connection of its own.

import type { Socket } from "node:net";
import { formatMessageId } from "../../core/queue/message.ts";
import type { FilterSettings } from "../../core/config/settings.ts";
import type { Arrival } from "../../core/milter/arrival.ts";
import type { MilterOutcome } from "../../core/milter/outcome.ts";
import { MilterSession } from "../../core/milter/session.ts";
import type { Result } from "../../core/result.ts";
import { messageReplies } from "../../core/smtp/server/message-replies.ts";
import type { Log } from "../log.ts";
import type { ArrivingMessage, Inspection, Inspector, Verdict } from "../smtpd/inspection.ts";

export interface MilterOptions {
  readonly hostname: string;
  readonly filter: FilterSettings;
  /** Makes a connection to it, or says why there is none. */
  readonly connect: () => Promise<Result<Socket, string>>;
  readonly log: Log;
}

/** Octets that wait for the filter from which on the client has to wait, too; and down to which. */
const fullFrom = 256 * 1024;
const roomFrom = 128 * 1024;

/** How the filter in the configuration inspects the messages that it is for. */
export function milterInspection(options: MilterOptions): Inspection {
  const { filter } = options;
  return {
    name: filter.name,
    begin(message, onDrain) {
      const isWanted = filter.for === "all" || (filter.for === "users") === message.mayRelay;
      return isWanted ? new MilterInspector(options, message, onDrain) : undefined;
    },
  };
}

class MilterInspector implements Inspector {
  readonly sees = "kept";
  readonly #options: MilterOptions;
  readonly #message: ArrivingMessage;
  readonly #onDrain: () => void;
  readonly #session: MilterSession;
  readonly #outcome = Promise.withResolvers<Result<MilterOutcome, string>>();
  #unsent: Uint8Array[] = [];
  #socket: Socket | undefined;
  #isOver = false;
  #wasFull = false;

  constructor(options: MilterOptions, message: ArrivingMessage, onDrain: () => void) {
    this.#options = options;
    this.#message = message;
    this.#onDrain = onDrain;
    this.#session = new MilterSession(arrivalOf(message, options.hostname), {
      write: (octets) => this.#write(octets),
      end: (outcome) => this.#end(outcome),
    });
    this.#session.start();
    void this.#connect();
  }

  get patience(): number {
    return this.#options.filter.timeout;
  }

  get isFull(): boolean {
    const isFull = !this.#isOver && this.#waiting > fullFrom;
    this.#wasFull ||= isFull;
    return isFull;
  }

  take(octets: Uint8Array): void {
    this.#session.take(octets);
  }

  async judge(given: AbortSignal): Promise<Verdict> {
    given.addEventListener("abort", () => this.#session.lost("it did not answer in time"));
    this.#session.finish();
    const outcome = await this.#outcome.promise;
    if (!outcome.ok) return this.withoutVerdict(outcome.problem);
    const { value } = outcome;
    if (value.kind === "refuse") {
      return { kind: "refuse", why: "the filter said so", reply: value.reply };
    }
    if (value.ignored > 0) this.#tellOfIgnored(value.ignored);
    return { kind: "pass", fields: value.fields };
  }

  withoutVerdict(why: string): Verdict {
    const { log, filter } = this.#options;
    const message = formatMessageId(this.#message.id);
    log.error({ event: "filter-failed", filter: filter.name, message, why }, "no word of a filter");
    this.#session.lost(why);
    if (filter.fail === "open") return { kind: "pass" };
    return { kind: "refuse", why, reply: messageReplies.notSeenByFilter };
  }

  #tellOfIgnored(changes: number): void {
    const { log, filter } = this.#options;
    const message = formatMessageId(this.#message.id);
    const text = "a filter wants to change fields that are there, which is not done";
    log.warn({ event: "filter-ignored", filter: filter.name, message, changes }, text);
  }

  abandon(): void {
    this.#session.lost("the message was given up");
  }

  get #waiting(): number {
    return this.#session.pending + (this.#socket?.writableLength ?? 0);
  }

  async #connect(): Promise<void> {
    const made = await this.#options.connect();
    if (!made.ok) return this.#session.lost(made.problem);
    const socket = made.value;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#session.lost("it hung up"));
    if (this.#isOver) return void socket.destroy();
    this.#socket = socket;
    socket.on("data", (octets: Uint8Array) => {
      this.#session.receive(octets);
      this.#tellOfRoom();
    });
    socket.on("drain", () => this.#tellOfRoom());
    for (const octets of this.#unsent) socket.write(octets);
    this.#unsent = [];
  }

  #write(octets: Uint8Array): void {
    if (this.#socket === undefined) this.#unsent.push(octets);
    else if (this.#socket.writable) this.#socket.write(octets);
  }

  #tellOfRoom(): void {
    if (!this.#wasFull || this.#waiting > roomFrom) return;
    this.#wasFull = false;
    this.#onDrain();
  }

  #end(outcome: Result<MilterOutcome, string>): void {
    this.#isOver = true;
    this.#unsent = [];
    this.#outcome.resolve(outcome);
    this.#socket?.destroySoon();
    if (this.#wasFull) this.#onDrain();
  }
}

function arrivalOf(message: ArrivingMessage, hostname: string): Arrival {
  const { id, listener, client, transaction } = message;
  const { hello, login, tls, sender, recipients } = transaction;
  return {
    hostname,
    listener,
    client,
    hello: hello.name,
    id: formatMessageId(id),
    sender,
    recipients: recipients.map(({ address }) => address),
    ...(login !== undefined && { login }),
    ...(tls && { tls }),
  };
}
