// The queue at work. The store is the truth about what waits and until when; in memory is only what
// is being delivered now.

import { formatAddress } from "../../core/mail/address.ts";
import { flowOf } from "../../core/queue/flow.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type QueuedMessage,
  type RecipientKind,
  type RecipientResult,
} from "../../core/queue/message.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";
import type { LinedMessage, LineStore } from "../../io/store/line-store.ts";
import type { HeldContent } from "../held-content.ts";
import type { Log } from "../log.ts";
import { type Active, type Group, inHand, type InHand } from "./active.ts";
import type { Contact, JobResult, Octets } from "./job.ts";
import { judge, say, unsay, type Verdict } from "./judge.ts";
import type { Lanes } from "./lanes.ts";
import type { Line } from "./line.ts";
import { Lines, type Source } from "./lines.ts";
import { type DueSource, Refill } from "./refill.ts";
import { Standings } from "./standing.ts";
import { asQueued, type SettlementOptions } from "./settlement.ts";
import { Settler, type SettleStore } from "./settler.ts";
import { groupByTarget, type Target, targetKey } from "./target.ts";
import { whileOurs } from "./while-ours.ts";

/** The part of the store that delivery needs. */
interface QueueStore extends DueSource, SettleStore {
  content(id: MessageId): AsyncIterable<Uint8Array>;
}

export interface QueueOptions {
  readonly store: QueueStore;
  readonly lineStore: LineStore;
  /** This host's number; 0 where it is alone. */
  readonly node: number;
  /** Names the configuration by which mail finds its way. */
  readonly ways: () => string;
  readonly lanes: Lanes;
  readonly targetOf: (
    recipient: QueuedMessage["recipients"][number],
    message: QueuedMessage,
  ) => Target;
  /** Asked for each attempt: a reload may change it. */
  readonly settlement: () => SettlementOptions;
  /** Cuts the connections of deliveries. */
  readonly cut: () => void;
  /** Messages in delivery at once; the others wait in the store. */
  readonly maxActive: number;
  /** In which messages are ours, undefined while that is in doubt; absent where nobody else delivers
   * from this store. */
  readonly term?: () => number | undefined;
  /** A recipient of an account's message has failed for good. */
  readonly onFailed?: (login: string) => void;
  /** A recipient was tried.
   * @param age milliseconds since its message came, or was due first
   * @param protection of the connection to the host that was talked to */
  readonly onTried?: (
    kind: RecipientKind,
    state: TriedState,
    age: number,
    protection: Protection | undefined,
  ) => void;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

type TriedState = Exclude<RecipientResult["state"], "lined">;

export class Queue {
  readonly #options: QueueOptions;
  readonly #active = new Map<MessageId, Active>();
  readonly #refill: Refill;
  readonly #lines: Lines;
  readonly #settler: Settler;
  #stopping = false;
  #stopped = false;
  #onIdle: (() => void) | undefined;

  constructor(options: QueueOptions) {
    const { store, maxActive, settlement, now, log } = options;
    this.#options = options;
    this.#refill = new Refill({
      source: store,
      active: this.#active,
      maxActive,
      begin: (message) => void this.#begin(message, undefined, "due"),
      onLook: () => this.#lines.look(),
      longestWait: () => Math.max(...settlement().schedule.retry),
      now,
      log,
    });
    const isOver = () => this.#stopping;
    this.#settler = new Settler({
      store,
      standings: new Standings({ store: options.lineStore, isOver, log }),
      settlement,
      contentOf: (entry) => this.#contentOf(entry),
      onKept: (message, content) => this.take(message, content),
      isOver,
      log,
    });
    this.#lines = new Lines({
      store: options.lineStore,
      node: options.node,
      room: () => ({ most: maxActive, active: this.#active.size }),
      isActive: (id) => this.#active.has(id),
      begin: (message) => this.#begin(message, undefined, "line"),
      expire: (message, line) => this.#expire(message, line),
      keysOf: (message) => this.#keysOf(message),
      ways: options.ways,
      retry: () => settlement().schedule.retry,
      by: (time) => this.#refill.by(time),
      now,
      random: () => settlement().random(),
      log,
    });
  }

  /** Reads which destinations are down; to be called once, before anything is delivered. */
  open(): Promise<void> {
    return this.#lines.open();
  }

  /** Delivers a message that has just been kept. */
  take(kept: NewMessage, content: HeldContent | undefined): void {
    if (this.#active.has(kept.id)) {
      // A look into the store between its commit and now has found it, and began.
      content?.release();
    } else if (kept.releaseAt !== undefined && kept.releaseAt > this.#options.now()) {
      content?.release();
      this.#refill.by(kept.releaseAt);
    } else if (this.#stopping || this.#active.size >= this.#options.maxActive) {
      content?.release();
      this.#refill.leave();
    } else {
      this.#begin(asQueued(kept), content, "fresh");
    }
  }

  /** Looks into the store now: something may have become due. */
  poke(): void {
    this.#refill.look();
  }

  /** Another host has changed something of the queue. */
  reread(): void {
    void this.#lines.refresh();
    this.poke();
  }

  /** The configuration has changed, and with it perhaps the way of what waits. */
  reroute(): void {
    this.#lines.reroute();
    this.poke();
  }

  /** The number of the line of that key, where its destination is down and mail waits for it. */
  lineDown(key: string): number | undefined {
    const line = this.#lines.find(key);
    return line?.outage === undefined ? undefined : line.number;
  }

  /** The next try of these lines is now. */
  tryNow(lines: readonly number[]): void {
    this.#lines.tryNow(new Set(lines));
  }

  /** Resolves once the store knows of all that has ended by now: an attempt that the log tells of may be
   * on its way there, and would undo what is changed meanwhile. A store that takes nothing is not
   * waited for longer than `patience` ms. */
  async settled(patience: number): Promise<void> {
    const settling = [...this.#active.values()].filter((entry) => entry.settling > 0);
    if (settling.length === 0) return;
    const waits = settling.map(
      (entry) => new Promise<void>((resolve) => (entry.onSettled ??= []).push(resolve)),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience);
    await Promise.race([Promise.all(waits), promise]);
    clearTimeout(timer);
  }

  /** Messages that are being delivered. */
  get size(): number {
    return this.#active.size;
  }

  /** Destinations that take no mail now. */
  get down(): number {
    return [...this.#lines.all()].filter(({ outage }) => outage !== undefined).length;
  }

  /** What is done for a message at this moment. */
  inHand(id: MessageId): readonly InHand[] {
    const entry = this.#active.get(id);
    return entry === undefined ? [] : inHand(entry);
  }

  /** Destinations on the way to which messages are now: their lines' keys, and how many. */
  busy(): readonly { readonly key: string; readonly name: string; readonly messages: number }[] {
    return [...this.#lines.all()]
      .filter(({ active }) => active.messages > 0)
      .map(({ key, name, active }) => ({ key, name, messages: active.messages }));
  }

  /** Starts nothing new; resolves when all that is in hand is settled, or after `patience` ms. What
   * is left then is cut: the store still has it. */
  async stop(patience: number): Promise<void> {
    this.#stopping = true;
    this.#refill.stop();
    this.#lines.stop();
    this.#options.lanes.closeAll();
    if (this.#active.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        setTimeout(resolve, patience).unref();
      });
    }
    this.#stopped = true;
    this.#options.cut();
  }

  /** False where it stays in the store, as it is. */
  #begin(
    message: QueuedMessage | LinedMessage,
    content: HeldContent | undefined,
    source: Source,
  ): boolean {
    const term = this.#term();
    if (term === undefined) return this.#leave(content);
    const flow = flowOf(message);
    const groups = this.#sort(message);
    // What has no room need not be written down anew: a look will find it.
    if (source === "fresh" && groups.some(({ line }) => line && !this.#lines.hasRoom(line, flow)))
      return this.#leave(content);
    const entry = this.#enter({ message, flow, content, term, groups }, source !== "fresh");
    for (const group of groups) {
      if (group.line === undefined || this.#lines.admits(group.line, flow, source)) {
        this.#submit(entry, group);
      } else {
        void this.#stand(entry, group);
      }
    }
    return true;
  }

  #leave(content: HeldContent | undefined): false {
    content?.release();
    this.#refill.leave();
    return false;
  }

  #sort(message: QueuedMessage): readonly Group[] {
    const { targetOf } = this.#options;
    const find = (recipient: QueuedMessage["recipients"][number]) => targetOf(recipient, message);
    return groupByTarget(message.recipients, find).map(({ target, key, recipients }) => ({
      target,
      line: this.#lines.of(target, key),
      recipients,
      left: recipients.length,
    }));
  }

  #keysOf(message: QueuedMessage): ReadonlySet<string> {
    return new Set(
      message.recipients.map((recipient) => targetKey(this.#options.targetOf(recipient, message))),
    );
  }

  #enter(begun: Omit<Active, "left" | "settling" | "mayHaveMore">, mayHaveMore: boolean): Active {
    const left = begun.message.recipients.length;
    const entry: Active = { ...begun, mayHaveMore, left, settling: 0 };
    this.#active.set(entry.message.id, entry);
    for (const { line, recipients } of entry.groups) line?.begin(entry.flow, recipients.length);
    return entry;
  }

  #submit(entry: Active, group: Group): void {
    this.#options.lanes.of(group.target).submit({
      message: entry.message,
      recipients: group.recipients,
      flow: entry.flow,
      content: () => this.#contentOf(entry),
      onSent: (contact) => (group.contact = contact),
      report: (contact, results) => void this.#conclude(entry, group, contact, results),
      leave: () => this.#forgo(entry, group),
    });
  }

  /** What is left of a group is not tried before the end. */
  #forgo(entry: Active, group: Group): void {
    const { line, left } = group;
    group.left = 0;
    line?.end(entry.flow, left, true);
    entry.left -= left;
    if (entry.left === 0) this.#end(entry);
  }

  /** Without a try: the destination is known to be down, or has all that it can take. */
  #stand(entry: Active, group: Group): Promise<void> {
    const { line, recipients } = group;
    const said = unsay(line?.lastWords?.said ?? "4.4.5 others are served first");
    const outcome = { kind: "temporary", said, destination: "spared" } as const;
    const contact = line?.lastWords?.peer;
    return this.#conclude(
      entry,
      group,
      contact === undefined ? undefined : { name: contact },
      recipients.map((recipient) => ({ recipient, outcome })),
    );
  }

  async #expire(message: LinedMessage, line: Line): Promise<void> {
    const term = this.#term();
    if (term === undefined || this.#active.has(message.id)) return;
    const { recipients } = message;
    const target = this.#options.targetOf(recipients[0] ?? missing(), message);
    const group: Group = { target, line, recipients, left: recipients.length };
    const flow = flowOf(message);
    const begun = { message, flow, content: undefined, term, groups: [group] };
    await this.#stand(this.#enter(begun, true), group);
  }

  #contentOf({ message, content, term }: Active): Octets {
    const octets = content?.chunks ?? this.#options.store.content(message.id);
    if (this.#options.term === undefined) return octets;
    return whileOurs(octets, () => this.#term() === term);
  }

  #term(): number | undefined {
    return this.#options.term === undefined ? 0 : this.#options.term();
  }

  /** Some recipients of a message have been tried, or spared the try. */
  async #conclude(
    entry: Active,
    group: Group,
    contact: Contact | undefined,
    results: readonly JobResult[],
  ): Promise<void> {
    if (this.#stopped) return;
    entry.settling++;
    const { line } = group;
    const tried = results.find(({ outcome }) => outcome.destination !== "spared");
    const isOutage = tried?.outcome.destination === "tried";
    if (line !== undefined && tried !== undefined) this.#learn(line, contact, tried);
    const at = this.#options.now();
    const verdicts = this.#judge(entry, group, contact, results, at);
    const forwarded = results.flatMap(({ outcome }) => outcome.onward ?? []);
    const isKept = await this.#settler.keep(entry, contact, { verdicts, forwarded, at });
    for (const { result } of isKept ? verdicts : []) this.#follow(entry, line, result);
    if (isOutage && line !== undefined) await this.#lines.settleOutage(line);
    group.left -= results.length;
    line?.end(entry.flow, results.length, group.left === 0);
    // Only now: recipients with different ways may be in settlement at once.
    entry.left -= results.length;
    if (entry.left === 0) this.#end(entry);
    if (line !== undefined) this.#lines.left(line);
    if (--entry.settling === 0) for (const tell of entry.onSettled?.splice(0) ?? []) tell();
  }

  #learn(line: Line, contact: Contact | undefined, { outcome }: JobResult): void {
    if (outcome.destination === undefined) return this.#lines.succeeded(line);
    const said = say(outcome.said);
    this.#lines.failed(line, contact === undefined ? { said } : { said, peer: contact.name });
  }

  #judge(
    { message, flow }: Active,
    { line }: Group,
    contact: Contact | undefined,
    results: readonly JobResult[],
    at: number,
  ): readonly Verdict[] {
    const before = "place" in message ? message.place : undefined;
    const lineNow = line && {
      isDown: line.outage !== undefined,
      clock: line.clock(at),
      place: (left: number) =>
        this.#lines.place(line, { flow, priority: message.priority ?? 0 }, left, before),
    };
    const circumstances = {
      message,
      peer: contact?.name,
      now: at,
      line: lineNow,
    };
    return results.map((result) => {
      const verdict = judge(result, circumstances, this.#options.settlement());
      this.#record(message, result, verdict, contact, at);
      return verdict;
    });
  }

  /** What a result calls for that the store keeps now. */
  #follow({ message }: Active, line: Line | undefined, result: RecipientResult): void {
    if (result.state === "failed" && message.login !== undefined) {
      this.#options.onFailed?.(message.login);
    }
    if ("inLine" in result && result.inLine !== undefined) line?.stand();
    else if (result.state === "deferred") this.#refill.by(result.nextAttempt);
  }

  #end({ message, content, mayHaveMore }: Active): void {
    this.#active.delete(message.id);
    content?.release();
    this.#lines.ended(message.id);
    this.#refill.ended(message.id, mayHaveMore);
    if (this.#active.size === 0) this.#onIdle?.();
  }

  #record(
    { id, receivedAt, releaseAt }: QueuedMessage,
    { recipient, outcome }: JobResult,
    { result }: Verdict,
    contact: Contact | undefined,
    at: number,
  ): void {
    if (result.state === "lined") return;
    const age = at - (releaseAt ?? receivedAt);
    this.#options.onTried?.(recipient.kind, result.state, age, contact?.protection);
    this.#options.log.info(
      {
        event: "attempt",
        message: formatMessageId(id),
        recipient: formatAddress(recipient.address),
        peer: contact?.name,
        protection: contact?.protection,
        state: result.state,
        said: result.said,
        onward: outcome.onward?.map((each) => formatMessageId(each.id)),
      },
      result.state,
    );
  }
}

function missing(): never {
  throw new Error("a message without recipients stands in line");
}
