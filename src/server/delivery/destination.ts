// Everything on its way to one destination: the jobs that wait, and the connections that they share.

import type { Failure, RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { sayFailure, sayReply } from "../../core/queue/outcome.ts";
import { createByUrgency } from "./by-urgency.ts";
import {
  type Contact,
  type Job,
  type JobResult,
  type Lane,
  type Outcome,
  reportAll,
} from "./job.ts";
import { type OpeningOptions, openPeer, type Unreachable } from "./opening.ts";
import type { Pace } from "./pace.ts";
import type { Peer, PeerEvents } from "./peer.ts";
import { createThrottle } from "./throttle.ts";
import { createTurns } from "./turns.ts";

export interface DestinationOptions extends OpeningOptions {
  /** Connections at once. */
  readonly maxConnections: number;
  /** Messages over time; absent: no bound. */
  readonly pace?: Pace;
  /** Nothing waits and no connection is left. */
  readonly onEmpty: () => void;
}

/** Milliseconds for which connections without work are kept. */
const keepIdle = 2_000;
/** Milliseconds for which a host that took no further connection is not asked for one. */
const narrowFor = 60_000;

export class Destination implements Lane, PeerEvents {
  readonly #options: DestinationOptions;
  readonly #waiting = createByUrgency(
    ({ message }: Job) => message.priority ?? 0,
    () => createTurns<Job>(),
  );
  readonly #peers = new Set<Peer>();
  readonly #idle: Peer[] = [];
  /** Jobs that a connection gave back once, because it had grown stale. */
  readonly #returned = new WeakSet<Job>();
  /** Fewer connections while the host puts off all that it is sent. */
  readonly #throttle = createThrottle();
  #limit: number;
  /** A connection stands, or stood just now. The first one is made alone: a host that is down is asked
   * once, and a password that is wrong is said once. */
  #isKnown = false;
  #opening = 0;
  /** Of an opening, while others are under way. */
  #failure: Unreachable | undefined;
  #closed = false;
  /** A job was sent since the last look at the idle connections. */
  #busy = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #paceTimer: NodeJS.Timeout | undefined;

  constructor(options: DestinationOptions) {
    this.#options = options;
    this.#limit = options.maxConnections;
  }

  submit(job: Job): void {
    this.#waiting.push(job, job.flow ?? "");
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#paceTimer);
    this.#pump();
  }

  onIdle(peer: Peer): void {
    if (this.#peers.size > this.#most) return peer.quit();
    this.#idle.push(peer);
    this.#pump();
  }

  onSettled(peer: Peer, job: Job, outcomes: readonly RecipientOutcome[], reused: boolean): void {
    // The host may have hung up on a kept connection while it was idle. That says nothing of the
    // message: it goes again at once, over another one.
    if (reused && outcomes.every(isStale) && !this.#returned.has(job)) {
      this.#returned.add(job);
      this.#waiting.unshift(job);
    } else {
      this.#throttle.note(outcomes);
      this.#report(peer, job, outcomes);
    }
  }

  onHostFailed(_peer: Peer, _why: Failure, job: Job | undefined): void {
    if (job !== undefined) this.#waiting.unshift(job);
  }

  onClosed(peer: Peer): void {
    this.#peers.delete(peer);
    const at = this.#idle.indexOf(peer);
    if (at !== -1) this.#idle.splice(at, 1);
    this.#pump();
  }

  /** Gives jobs to idle connections, and makes connections where there are more jobs. */
  #pump(): void {
    while (this.#ready > 0) {
      const peer = this.#idle.pop();
      if (peer === undefined) break;
      this.#options.pace?.count();
      const job = this.#waiting.shift();
      if (job !== undefined) {
        job.onSent?.(peer.contact);
        peer.send(job);
      }
      this.#busy = true;
    }
    while (this.#mayOpen()) void this.#open();
    this.#waitForPace();
    if (this.#closed) this.#dismissIdle();
    else if (this.#idle.length > 0) this.#idleTimer ??= setTimeout(this.#lookAtIdle, keepIdle);
    if (this.#waiting.length === 0 && this.#peers.size + this.#opening === 0) {
      this.#dismissIdle(); // a timer that is left would keep the process from ending
      this.#options.onEmpty();
    }
  }

  #mayOpen(): boolean {
    return (
      this.#failure === undefined &&
      this.#ready > this.#opening &&
      this.#peers.size + this.#opening < this.#most
    );
  }

  /** Jobs that may go now. */
  get #ready(): number {
    return Math.min(this.#waiting.length, this.#options.pace?.left() ?? Infinity);
  }

  /** Comes back when the next job may go; at the end, what would have to wait stays in the store. */
  #waitForPace(): void {
    const { pace } = this.#options;
    if (pace === undefined || this.#waiting.length === 0 || pace.left() > 0) return;
    if (this.#closed) {
      for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
        job.leave?.();
      }
      return;
    }
    this.#paceTimer ??= setTimeout(() => {
      this.#paceTimer = undefined;
      this.#pump();
    }, pace.wait());
  }

  /** Connections at once, for now. */
  get #most(): number {
    return this.#isKnown ? Math.min(this.#limit, this.#throttle.most) : 1;
  }

  async #open(): Promise<void> {
    this.#opening++;
    const opened = await openPeer(this.#options, this);
    this.#opening--;
    if (opened.ok) {
      this.#isKnown = true;
      this.#peers.add(opened.value);
      this.#idle.push(opened.value);
    } else {
      this.#failure = opened.problem;
    }
    if (this.#failure !== undefined && this.#opening === 0) this.#giveUp(this.#failure);
    this.#pump();
  }

  /** No opening is under way, and one or more have failed. */
  #giveUp({ contact, outcome }: Unreachable): void {
    this.#failure = undefined;
    if (this.#peers.size === 0) this.#isKnown = false;
    if (this.#peers.size > 0) {
      // The destination is not down, it only takes no more connections: those that stand must do.
      this.#limit = this.#peers.size;
      setTimeout(() => (this.#limit = this.#options.maxConnections), narrowFor).unref();
      return;
    }
    // All that waits learns so at the cost of one attempt, which counts for the first.
    this.#failAll(contact, outcome, "tried");
  }

  #failAll(contact: Contact | undefined, outcome: Outcome, first: "tried" | "spared"): void {
    let destination = first;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      reportAll(job, contact, outcome.kind === "permanent" ? outcome : { ...outcome, destination });
      destination = "spared";
    }
  }

  readonly #lookAtIdle = (): void => {
    this.#idleTimer = undefined;
    if (!this.#busy) return this.#dismissIdle();
    this.#busy = false;
    this.#idleTimer = setTimeout(this.#lookAtIdle, keepIdle);
  };

  #dismissIdle(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    for (const peer of this.#idle.splice(0)) peer.quit();
  }

  /** Recipients that the host had no room for in one transaction go again at once. */
  #report(peer: Peer, job: Job, outcomes: readonly RecipientOutcome[]): void {
    // The host goes on to nobody: neither is this message's fault, nor will the next one do better.
    const isDown = this.#peers.size <= 1 && outcomes.every(isClosing);
    const results: JobResult[] = [];
    const untried = job.recipients.filter((recipient, index) => {
      const outcome = outcomes[index] ?? { kind: "untried" };
      if (outcome.kind === "untried") return true;
      results.push({
        recipient,
        outcome: isDown ? { ...outcomeOf(outcome), destination: "tried" } : outcomeOf(outcome),
      });
      return false;
    });
    if (untried.length > 0) this.#waiting.unshift({ ...job, recipients: untried });
    job.report(peer.contact, results);
    const [first] = results;
    if (isDown && first !== undefined) this.#failAll(peer.contact, first.outcome, "spared");
  }
}

/** RFC 5321 §3.8: the host shuts the connection down before it has heard of the message. */
function isClosing(outcome: RecipientOutcome): boolean {
  if (outcome.kind !== "temporary") return false;
  const { why } = outcome;
  return why.kind === "refused" && why.stage === "mail" && why.reply.code === 421;
}

/** A failure that a connection brings which the host had closed, or was about to. */
function isStale(outcome: RecipientOutcome): boolean {
  if (outcome.kind !== "temporary") return false;
  const { why } = outcome;
  return (
    (why.kind === "lost" && (why.stage === "mail" || why.stage === "reset")) ||
    (why.kind === "refused" && why.stage === "mail" && why.reply.code === 421)
  );
}

function outcomeOf(outcome: Exclude<RecipientOutcome, { kind: "untried" }>): Outcome {
  if (outcome.kind === "delivered") {
    const said = sayReply(outcome.reply, "final");
    const { tells, keepsTime } = outcome;
    const delivered = { kind: "delivered", said, keepsTime } as const;
    return tells ? delivered : { ...delivered, success: "relayed" };
  }
  return { kind: outcome.kind, said: sayFailure(outcome.why) };
}
