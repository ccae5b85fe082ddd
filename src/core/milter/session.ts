// Our side of a talk with a filter about one message, without I/O: octets of the message and of the
// filter go in; octets for the filter, and at last an outcome, come out.

import { bad, good, type Result } from "../result.ts";
import { headerTooLong } from "../submission/refusals.ts";
import { type Arrival, introduce, macrosFor, negotiation } from "./arrival.ts";
import { messagePackets, type MessagePackets } from "./message-packets.ts";
import { fieldOf, type MilterOutcome, refusalBy } from "./outcome.ts";
import { type Packet, PacketReader, readNumber, texts, writePacket } from "./packet.ts";
import { offeredChanges, answer, knowsData, offered, tell, version, wishes } from "./words.ts";

export interface MilterListener {
  write(octets: Uint8Array): void;
  /** Comes once; the problem is a sentence about the filter. Nothing comes after it. */
  end(outcome: Result<MilterOutcome, string>): void;
}

/** Octets of fields that a filter may add. */
const mostFields = 256 * 1024;

export class MilterSession {
  readonly #arrival: Arrival;
  readonly #listener: MilterListener;
  readonly #reader = new PacketReader();
  readonly #message: MessagePackets;
  /** What the filter is still to be told. */
  #waiting: Packet[] = [];
  #waitingOctets = 0;
  /** The command whose answer we wait for; at first that is the negotiation. */
  #awaited: string | undefined = tell.negotiate;
  #wishes = 0;
  #fields = "";
  #ignored = 0;
  #isOver = false;

  constructor(arrival: Arrival, listener: MilterListener) {
    this.#arrival = arrival;
    this.#listener = listener;
    this.#message = messagePackets();
    this.#queue(introduce(arrival));
  }

  /** Octets that the filter has not taken yet. */
  get pending(): number {
    return this.#waitingOctets;
  }

  start(): void {
    this.#listener.write(writePacket(negotiation()));
  }

  /** Octets of the message. */
  take(octets: Uint8Array): void {
    if (this.#isOver) return;
    this.#queue(this.#message.take(octets));
    this.#pump();
  }

  /** The message is whole. */
  finish(): void {
    if (this.#isOver) return;
    const last = this.#message.finish();
    // Not the filter's fault: the message must neither come again nor go on unseen.
    if (!last.ok) return this.#end(good({ kind: "refuse", reply: headerTooLong }));
    this.#queue([...last.value, { letter: tell.endOfMessage, data: texts() }]);
    this.#pump();
  }

  /** Octets from the filter. */
  receive(octets: Uint8Array): void {
    const packets = this.#reader.read(octets);
    if (!packets.ok) return this.#end(bad(packets.problem));
    for (const packet of packets.value) {
      if (this.#isOver) return;
      this.#hear(packet);
    }
    this.#pump();
  }

  /** The connection is over. */
  lost(why: string): void {
    this.#end(bad(why));
  }

  #queue(packets: readonly Packet[]): void {
    for (const packet of packets) {
      this.#waiting.push(packet);
      this.#waitingOctets += packet.data.length;
    }
  }

  /** Tells as much as can be told before an answer is due. */
  #pump(): void {
    while (!this.#isOver && this.#awaited === undefined) {
      const packet = this.#waiting.shift();
      if (packet === undefined) return;
      this.#waitingOctets -= packet.data.length;
      const { no, mute } = wishes[packet.letter] ?? { no: 0, mute: 0 };
      if ((this.#wishes & no) !== 0) continue;
      const macros = macrosFor(packet, this.#arrival);
      if (macros !== undefined) this.#listener.write(macros);
      this.#listener.write(writePacket(packet));
      if ((this.#wishes & mute) === 0) this.#awaited = packet.letter;
    }
  }

  #hear(packet: Packet): void {
    const awaited = this.#awaited;
    if (packet.letter === answer.progress) return;
    if (awaited === undefined) return this.#end(bad(`it said ${name(packet)} unasked`));
    if (awaited === tell.negotiate) return this.#negotiate(packet);
    const refusal = refusalBy(packet);
    if (refusal !== undefined) return this.#end(good({ kind: "refuse", reply: refusal }));
    switch (packet.letter) {
      case answer.accept:
        return this.#pass();
      case answer.skip:
        if (awaited === tell.body) this.#dropBody();
        return this.#goOn(awaited);
      case answer.go:
        return this.#goOn(awaited);
      case answer.addField:
      case answer.insertField:
        if (awaited === tell.endOfMessage) return this.#addField(packet);
        break;
      case answer.changeField:
        if (awaited === tell.endOfMessage) return void this.#ignored++;
    }
    this.#end(bad(`it answered ${name(packet)}, for which we did not ask`));
  }

  #goOn(awaited: string): void {
    this.#awaited = undefined;
    if (awaited === tell.endOfMessage) this.#pass();
  }

  #negotiate({ letter, data }: Packet): void {
    const [theirs, actions, asked] = [0, 1, 2].map((index) => readNumber(data, index));
    if (letter !== answer.negotiate || theirs === undefined || asked === undefined) {
      return this.#end(bad("it does not speak the milter protocol"));
    }
    if (theirs < 2 || theirs > version) {
      return this.#end(
        bad(`it speaks version ${theirs} of the milter protocol, we know 2 to ${version}`),
      );
    }
    if (((actions ?? 0) & ~offeredChanges) !== 0 || (asked & ~offered) !== 0) {
      return this.#end(bad("it wants to change messages in ways that it may not here"));
    }
    this.#wishes = theirs < knowsData ? asked | (wishes[tell.data]?.no ?? 0) : asked;
    this.#awaited = undefined;
  }

  #addField(packet: Packet): void {
    const field = fieldOf(packet);
    if (field === undefined) return this.#end(bad("it added a field that is none"));
    this.#fields += field;
    if (this.#fields.length > mostFields) this.#end(bad("it added too many fields"));
  }

  #dropBody(): void {
    this.#waiting = this.#waiting.filter(({ letter }) => letter !== tell.body);
    this.#waitingOctets = this.#waiting.reduce((sum, { data }) => sum + data.length, 0);
    this.#message.skipBody();
  }

  #pass(): void {
    this.#end(good({ kind: "pass", fields: this.#fields, ignored: this.#ignored }));
  }

  #end(outcome: Result<MilterOutcome, string>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#waitingOctets = 0;
    if (outcome.ok) this.#listener.write(writePacket({ letter: tell.quit, data: texts() }));
    this.#listener.end(outcome);
  }
}

function name({ letter }: Packet): string {
  return JSON.stringify(letter);
}
