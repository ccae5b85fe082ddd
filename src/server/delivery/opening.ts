// Makes a connection to the first host of a destination that answers: hosts in their order, each
// with its addresses (RFC 5321 §5.1). Each has to come by what is asked of it, which may be found out
// for every host by itself.

import type { Socket } from "node:net";
import type { Validation } from "../../core/delivery/mx.ts";
import type { Failure } from "../../core/smtp/client/failure.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import { type Said, sayFailure } from "../../core/queue/outcome.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { HostHealth } from "./host-health.ts";
import type { Contact, Outcome } from "./job.ts";
import { type Derive, Peer, type PeerEvents, type PeerOptions, type Secure } from "./peer.ts";
import { tlsOutcome, type TlsOutcome } from "./tls-outcome.ts";

/** A host to try, with one of its addresses. */
export interface Candidate {
  /** The host's name, or its address where it has no name. */
  readonly name: string;
  /** An IP address, or the path of a socket of this machine. */
  readonly address: string;
  /** Sockets of this machine have none. */
  readonly port?: number;
  /** Where somebody looked at signatures. */
  readonly signed?: SignedHost;
}

/** What DNSSEC says of a host, and of those who name it. */
interface SignedHost {
  readonly mx: Validation;
  readonly addresses: Validation;
}

/** Addresses that are tried before the destination counts as down for now. */
const maxCandidates = 5;

/** Finds where a destination's mail goes: candidates in the order to try them, at least one; or
 * why there is none. */
export type Locate = () => Promise<Result<readonly Candidate[], Outcome>>;

/** Makes a TCP connection; the text of a failure is for people. */
export type Connect = (candidate: Candidate) => Promise<Result<Socket, string>>;

/** What a connection to one host has to come by before it takes mail, and how. */
export interface HostTerms {
  readonly session: ClientOptions;
  readonly secure?: Secure;
  /** Told how TLS went, once for each connection that came as far and was to have it. */
  readonly onTls?: (outcome: TlsOutcome) => void;
}

/** What the connections to a destination have to come by. */
export interface Terms {
  /** Asked before each try; the problem is why the host is passed over. */
  readonly forHost: (candidate: Candidate) => Promise<Result<HostTerms, Outcome>>;
  readonly derive?: Derive;
  /** Told what became of the login, where there is one. */
  readonly onLogin?: (refusal: Said | undefined) => void;
}

export interface Unreachable {
  readonly contact: Contact | undefined;
  readonly outcome: Outcome;
}

/** Addresses that are looked at, with those of hosts that are passed over. */
const maxLooks = 50;

export interface OpeningOptions {
  readonly locate: Locate;
  readonly connect: Connect;
  /** Asked for each opening; the problem is why it is not worth a try. */
  readonly terms: () => Promise<Result<Terms, Outcome>>;
  /** Hosts that were silent lately are tried last; absent: in their order, whatever they did. */
  readonly health?: HostHealth;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** @param events of the connection once it can send; what comes before is handled here. */
export async function openPeer(
  options: OpeningOptions,
  events: PeerEvents,
): Promise<Result<Peer, Unreachable>> {
  const terms = await options.terms();
  if (!terms.ok) return bad({ contact: undefined, outcome: terms.problem });
  const located = await options.locate();
  if (!located.ok) return bad({ contact: undefined, outcome: located.problem });
  let worst: Unreachable = {
    contact: undefined,
    outcome: temporary(unreachable("no host to try")),
  };
  let isFirst = true;
  const candidates = options.health?.order(located.value) ?? located.value;
  let left = maxCandidates;
  for (const candidate of candidates.slice(0, maxLooks)) {
    const asked = await terms.value.forHost(candidate);
    if (asked.ok && left-- === 0) break;
    const tried = asked.ok
      ? await tryHost(candidate, { ...options, terms: terms.value, ...asked.value }, events)
      : bad({ contact: undefined, outcome: asked.problem, isLogin: false });
    if (tried.ok) return tried;
    // A host that may do better later keeps the mail here, whatever the others say (RFC 8689 §4.2.1).
    if (
      isFirst ||
      tried.problem.outcome.kind === "temporary" ||
      worst.outcome.kind !== "temporary"
    ) {
      worst = tried.problem;
    }
    isFirst = false;
    // The other hosts know the same password.
    if (tried.problem.isLogin) break;
  }
  return bad(worst);
}

interface Trying extends Pick<OpeningOptions, "connect" | "elapsed" | "now" | "health">, HostTerms {
  readonly terms: Terms;
}

interface Failed extends Unreachable {
  /** The login was refused. */
  readonly isLogin: boolean;
}

async function tryHost(
  candidate: Candidate,
  trying: Trying,
  events: PeerEvents,
): Promise<Result<Peer, Failed>> {
  const { session } = trying;
  const first = await connectTo(candidate, trying, events);
  if (first.ok || !mayFallBack(session, first.problem.failure)) return first;
  // As Postfix does where it "may" encrypt: the same host again, at once, and once.
  const clearBecause = `STARTTLS failed: ${sayFailure(first.problem.failure).text}`;
  const inClear: ClientOptions = { ...session, tls: "off", clearBecause };
  return connectTo(candidate, { ...trying, session: inClear }, events);
}

interface NotConnected extends Failed {
  /** Undefined where it did not come to a session. */
  readonly failure: Failure;
}

/** TLS that does not come about is no reason to keep the mail, where nobody asked for it. */
function mayFallBack({ tls, implicitTls, requireTls }: ClientOptions, failure: Failure): boolean {
  if (tls !== "opportunistic" || implicitTls === true || requireTls === true) return false;
  if (failure.kind === "tls") return true;
  const isEnd = failure.kind === "lost" || failure.kind === "timeout";
  return isEnd && (failure.stage === "handshake" || failure.stage === "starttls");
}

async function connectTo(
  candidate: Candidate,
  { terms, session, secure, onTls, connect, elapsed, now, health }: Trying,
  events: PeerEvents,
): Promise<Result<Peer, NotConnected>> {
  const { port } = candidate;
  const name =
    port === undefined ? candidate.name : `${candidate.name} (${candidate.address}:${port})`;
  const socket = await connect(candidate);
  if (!socket.ok) {
    health?.failed(candidate);
    const failure: Failure = { kind: "local", ...unreachable(socket.problem) };
    return bad({ ...describe({ name }, failure), isLogin: false, failure });
  }
  const { derive } = terms;
  const options: PeerOptions = {
    name,
    session,
    ...(secure && { secure }),
    ...(derive && { derive }),
    elapsed,
    now,
  };
  const { localAddress } = socket.value;
  const greeted = await greet(socket.value, options, events);
  if (!greeted.ok && isSilence(greeted.problem.failure)) health?.failed(candidate);
  else health?.answered(candidate);
  if (onTls !== undefined) tellOfTls(onTls, session, greeted, localAddress);
  if (greeted.ok) {
    if (session.login !== undefined) terms.onLogin?.(undefined);
    return greeted;
  }
  const { failure, contact } = greeted.problem;
  const isLogin = saysNoToLogin(failure);
  if (isLogin) terms.onLogin?.(sayFailure(failure));
  return bad({ ...describe(contact, failure), isLogin, failure });
}

function tellOfTls(
  onTls: NonNullable<HostTerms["onTls"]>,
  session: ClientOptions,
  greeted: Greeted,
  localAddress: string | undefined,
): void {
  const seen = greeted.ok
    ? { protection: greeted.value.contact.protection, failure: undefined }
    : { protection: greeted.problem.contact.protection, failure: greeted.problem.failure };
  const outcome = tlsOutcome(session, seen, localAddress);
  if (outcome !== undefined) onTls(outcome);
}

function describe(contact: Contact, failure: Failure): Unreachable {
  const said = sayFailure(failure);
  const isFinal = failure.kind === "local" && failure.status.startsWith("5");
  return { contact, outcome: isFinal ? { kind: "permanent", said } : temporary(said) };
}

/** Nobody is there, though the connection stood. */
function isSilence(failure: Failure): boolean {
  return (failure.kind === "lost" || failure.kind === "timeout") && failure.stage === "greeting";
}

/** Not: that the host cannot tell just now. */
function saysNoToLogin(failure: Failure): boolean {
  if (failure.kind === "login") return true;
  return failure.kind === "refused" && failure.stage === "login" && failure.reply.code >= 500;
}

type Greeted = Result<Peer, { readonly failure: Failure; readonly contact: Contact }>;

/** Waits until the host has greeted, and has taken all that comes before mail. */
function greet(socket: Socket, options: PeerOptions, events: PeerEvents): Promise<Greeted> {
  return new Promise((resolve) => {
    let failure: Failure = { kind: "lost", stage: "greeting" };
    let ready = false;
    const peer = new Peer(socket, options, {
      onIdle(_, messages) {
        if (ready) return events.onIdle(peer, messages);
        ready = true;
        resolve(good(peer));
      },
      onSettled: (...settled) => events.onSettled(...settled),
      onHostFailed(_, why, job) {
        failure = why;
        if (ready) events.onHostFailed(peer, why, job);
      },
      onClosed() {
        if (ready) events.onClosed(peer);
        else resolve(bad({ failure, contact: peer.contact }));
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
