// Makes a connection to the first host of a destination that answers: hosts in their order, each
// with its addresses (RFC 5321 §5.1).

import type { Socket } from "node:net";
import type { Failure } from "../../core/smtp/client/failure.ts";
import { type Said, sayFailure } from "../../core/queue/outcome.ts";
import type { Result } from "../../core/result.ts";
import type { Outcome } from "./job.ts";
import { Peer, type PeerEvents, type PeerOptions } from "./peer.ts";

/** A host to try, with one of its addresses. */
interface Candidate {
  /** The host's name, or its address where it has no name. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** Finds where a destination's mail goes: candidates in the order to try them, at least one; or
 * why there is none. */
export type Locate = () => Promise<Result<readonly Candidate[], Outcome>>;

/** Makes a TCP connection; the text of a failure is for people. */
export type Connect = (candidate: Candidate) => Promise<Result<Socket, string>>;

export interface Unreachable {
  readonly peer: string | undefined;
  readonly outcome: Outcome;
}

/** Addresses that are tried before the destination counts as down for now. */
const maxCandidates = 5;

export interface OpeningOptions {
  /** Our name, for EHLO. */
  readonly hostname: string;
  readonly locate: Locate;
  readonly connect: Connect;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** @param events of the connection once it can send; what comes before is handled here. */
export async function openPeer(
  options: OpeningOptions,
  events: PeerEvents,
): Promise<Result<Peer, Unreachable>> {
  const { hostname, elapsed } = options;
  const located = await options.locate();
  if (!located.ok) return { ok: false, problem: { peer: undefined, outcome: located.problem } };
  let last: Unreachable = { peer: undefined, outcome: temporary(unreachable("no host to try")) };
  for (const candidate of located.value.slice(0, maxCandidates)) {
    const name = `${candidate.name} (${candidate.address}:${candidate.port})`;
    const socket = await options.connect(candidate);
    if (!socket.ok) {
      last = { peer: name, outcome: temporary(unreachable(socket.problem)) };
      continue;
    }
    const greeted = await greet(socket.value, { name, hostname, elapsed }, events);
    if (greeted.ok) return greeted;
    last = { peer: name, outcome: temporary(sayFailure(greeted.problem)) };
  }
  return { ok: false, problem: last };
}

/** Waits until the host has greeted and taken our EHLO. */
function greet(
  socket: Socket,
  options: PeerOptions,
  events: PeerEvents,
): Promise<Result<Peer, Failure>> {
  return new Promise((resolve) => {
    let failure: Failure = { kind: "lost", stage: "greeting" };
    let ready = false;
    const peer = new Peer(socket, options, {
      onIdle(_, messages) {
        if (ready) return events.onIdle(peer, messages);
        ready = true;
        resolve({ ok: true, value: peer });
      },
      onSettled: (...settled) => events.onSettled(...settled),
      onHostFailed(_, why, job) {
        failure = why;
        if (ready) events.onHostFailed(peer, why, job);
      },
      onClosed() {
        if (ready) events.onClosed(peer);
        else resolve({ ok: false, problem: failure });
      },
    });
    peer.start();
  });
}

/** A host that cannot be reached, or that refuses before a message was begun, says nothing of the
 * message: even a 5xx greeting is only this host's trouble. */
function temporary(said: Said): Outcome {
  return { kind: "temporary", said };
}

function unreachable(text: string): Said {
  return { status: "4.4.1", text, remote: false };
}
