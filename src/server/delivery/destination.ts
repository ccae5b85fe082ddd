// Everything on its way to one destination: the jobs that wait, and the connections that they share.

import type { RecipientOutcome } from "../../core/smtp/client/failure.ts";
import { sayFailure, sayReply } from "../../core/queue/outcome.ts";
import { createFifo } from "./fifo.ts";
import { type Job, type JobResult, type Lane, type Outcome, reportAll } from "./job.ts";
import { type OpeningOptions, openPeer, type Unreachable } from "./opening.ts";
import type { Peer, PeerEvents } from "./peer.ts";

export interface DestinationOptions extends OpeningOptions {
  /** Connections at once. */
  readonly maxConnections: number;
  /** Nothing waits and no connection is left. */
  readonly onEmpty: () => void;
}

/** Messages over one connection before another one is made: spreads load over the hosts. */
const maxMessages = 1_000;
/** Milliseconds for which connections without work are kept. */
const keepIdle = 2_000;
/** Milliseconds for which a host that took no further connection is not asked for one. */
const narrowFor = 60_000;

export function createDestination(options: DestinationOptions): Lane {
  const waiting = createFifo<Job>();
  const peers = new Set<Peer>();
  const idle: Peer[] = [];
  /** Jobs that a connection gave back once, because it had grown stale. */
  const returned = new WeakSet<Job>();
  let limit = options.maxConnections;
  let opening = 0;
  let failure: Unreachable | undefined; // of an opening, while others are under way
  let closed = false;
  let busy = false; // since the last look at the idle connections
  let idleTimer: NodeJS.Timeout | undefined;

  function pump(): void {
    while (waiting.length > 0) {
      const peer = idle.pop();
      if (peer === undefined) break;
      const job = waiting.shift();
      if (job !== undefined) peer.send(job);
      busy = true;
    }
    while (mayOpen()) void open();
    if (closed) dismissIdle();
    else if (idle.length > 0) idleTimer ??= setTimeout(lookAtIdle, keepIdle);
    if (waiting.length === 0 && peers.size + opening === 0) {
      dismissIdle(); // a timer that is left would keep the process from ending
      options.onEmpty();
    }
  }

  function mayOpen(): boolean {
    return failure === undefined && waiting.length > opening && peers.size + opening < limit;
  }

  function lookAtIdle(): void {
    idleTimer = undefined;
    if (!busy) return dismissIdle();
    busy = false;
    idleTimer = setTimeout(lookAtIdle, keepIdle);
  }

  function dismissIdle(): void {
    clearTimeout(idleTimer);
    idleTimer = undefined;
    for (const peer of idle.splice(0)) peer.quit();
  }

  async function open(): Promise<void> {
    opening++;
    const opened = await openPeer(options, events);
    opening--;
    if (opened.ok) {
      peers.add(opened.value);
      idle.push(opened.value);
    } else {
      failure = opened.problem;
    }
    if (failure !== undefined && opening === 0) giveUp(failure);
    pump();
  }

  /** No opening is under way, and one or more have failed. */
  function giveUp(last: Unreachable): void {
    failure = undefined;
    if (peers.size > 0) {
      // The destination is not down, it only takes no more connections: those that stand must do.
      limit = peers.size;
      setTimeout(() => (limit = options.maxConnections), narrowFor).unref();
      return;
    }
    // All that waits learns so at the cost of one attempt, and comes back by its own schedule.
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      reportAll(job, last.peer, last.outcome);
    }
  }

  const events: PeerEvents = {
    onIdle(peer, messages) {
      if (messages >= maxMessages) return peer.quit();
      idle.push(peer);
      pump();
    },
    onSettled(peer, job, outcomes, reused) {
      // The host may have hung up on a kept connection while it was idle. That says nothing of the
      // message: it goes again at once, over another one.
      if (reused && outcomes.every(isStale) && !returned.has(job)) {
        returned.add(job);
        waiting.unshift(job);
      } else {
        report(peer, job, outcomes);
      }
    },
    onHostFailed(_peer, _why, job) {
      if (job !== undefined) waiting.unshift(job);
    },
    onClosed(peer) {
      peers.delete(peer);
      const at = idle.indexOf(peer);
      if (at !== -1) idle.splice(at, 1);
      pump();
    },
  };

  /** Recipients that the host had no room for in one transaction go again at once. */
  function report(peer: Peer, job: Job, outcomes: readonly RecipientOutcome[]): void {
    const results: JobResult[] = [];
    const untried = job.recipients.filter((recipient, index) => {
      const outcome = outcomes[index] ?? { kind: "untried" };
      if (outcome.kind === "untried") return true;
      results.push({ recipient, outcome: outcomeOf(outcome) });
      return false;
    });
    if (untried.length > 0) waiting.unshift({ ...job, recipients: untried });
    job.report(peer.name, results);
  }

  return {
    submit(job) {
      waiting.push(job);
      pump();
    },
    close() {
      closed = true;
      pump();
    },
  };
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
    return { kind: "delivered", said: sayReply(outcome.reply, "final") };
  }
  return { kind: outcome.kind, said: sayFailure(outcome.why) };
}
