// Wires the delivery rooms: queue, lanes, connector, mailboxes.

import { isTooLate } from "../../core/queue/timing.ts";
import type { DestinationBounds, SourceAddresses } from "../../core/config/transport-settings.ts";
import { bad, good } from "../../core/result.ts";
import { connect as connectTo } from "../../io/net/connect.ts";
import type { Store } from "../../io/store/store.ts";
import { createDanePolicy } from "../../server/delivery/dane-policy.ts";
import { Destination } from "../../server/delivery/destination.ts";
import { createHostHealth, type HostHealth } from "../../server/delivery/host-health.ts";
import type { Lane } from "../../server/delivery/job.ts";
import { createLanes, type Lanes } from "../../server/delivery/lanes.ts";
import type { MxPolicy } from "../../server/delivery/mx-policy.ts";
import type { TlsEvent } from "../../server/delivery/mx-terms.ts";
import { createNowhere } from "../../server/delivery/nowhere.ts";
import type { Connect } from "../../server/delivery/opening.ts";
import { createPaces, type PaceOf, unbounded } from "../../server/delivery/pace.ts";
import type { SigningKeys } from "../../server/dkim/signing-keys.ts";
import { Queue, type QueueOptions } from "../../server/delivery/queue.ts";
import type { SettlementOptions } from "../../server/delivery/settlement.ts";
import { paceKey, type Target, targetOf, tooLateTarget } from "../../server/delivery/target.ts";
import type { Log } from "../../server/log.ts";
import { addresseeIn } from "./addressee.ts";
import type { Authorities } from "./hand-over.ts";
import { boundedTerms } from "./bounded-terms.ts";
import { locator, sourceFor } from "./locate.ts";
import { createLocalLane } from "./local-delivery.ts";
import type { Policy } from "./policy.ts";
import { createTerms, type HostTarget } from "./terms.ts";
import { waysOf } from "./ways.ts";

/** What it takes to talk to other hosts. */
export interface HostOptions {
  readonly policy: () => Policy;
  readonly authorities: () => Authorities;
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** Where other servers take mail: 25, but for tests. */
  readonly mxPort: number;
}

export interface DeliveryOptions extends HostOptions {
  readonly store: Store;
  /** The keys that sign our domains' mail. */
  readonly sealing: Pick<SigningKeys, "of">;
  /** Which hosts did not answer lately. */
  readonly health: HostHealth;
  readonly nextId: () => number;
  readonly signNotice: SettlementOptions["signNotice"];
  readonly onTried: QueueOptions["onTried"];
  /** A recipient of an account's message has failed for good. */
  readonly onFailed: (login: string) => void;
  /** What domains ask of their hosts by MTA-STS. */
  readonly stsPolicies: () => readonly MxPolicy[];
  /** Told how TLS went on each connection to a host that the DNS named. */
  readonly onTls: (event: TlsEvent) => void;
}

/** Messages in delivery at once; a message in memory costs about 2 KB beside its content. */
const maxActive = 5_000;
/** Milliseconds for a TCP connection to another host. */
const connectTime = 30_000;

export function createDelivery(options: DeliveryOptions): Queue {
  const { store, policy, now, log } = options;
  const stopped = new AbortController();
  const shared = {
    connectFrom: connector(stopped.signal),
    health: options.health,
    paceOf: createPaces(options.elapsed),
  };
  const termsFor = termsForHosts(options);
  const lanes = createLanes((target, onEmpty) =>
    createLane(
      { target, onEmpty, termsFor, local: () => createLocalLane(options), ...shared },
      options,
    ),
  );
  return new Queue({
    store: store.messages,
    lineStore: store.lines,
    node: store.sharing?.number ?? 0,
    ways: waysNow(policy),
    lanes,
    targetOf: (recipient, message) =>
      isTooLate(message.deliverBy, now())
        ? tooLateTarget
        : targetOf(recipient, message, policy().directory, policy().settings.routes),
    settlement: () => ({
      hostname: policy().settings.hostname,
      schedule: policy().settings.queue,
      nextId: options.nextId,
      random: options.random,
      addressee: addresseeIn(policy().directory),
      signNotice: options.signNotice,
    }),
    cut: () => stopped.abort(),
    maxActive,
    ...(store.sharing && { term: store.sharing.term }),
    onFailed: options.onFailed,
    ...(options.onTried && { onTried: options.onTried }),
    now,
    log,
  });
}

/** Made once for each configuration. */
function waysNow(policy: () => Policy): () => string {
  let of: Policy["settings"] | undefined;
  let ways = "";
  return () => {
    const { settings } = policy();
    if (of !== settings) ways = waysOf(settings);
    of = settings;
    return ways;
  };
}

/** Lanes for questions to other hosts, which wait behind no mail. */
export function createAskingLanes(options: HostOptions): Lanes & { cut(): void } {
  const stopped = new AbortController();
  const shared = {
    connectFrom: connector(stopped.signal),
    health: createHostHealth(options.elapsed),
    // A question is no message.
    paceOf: () => unbounded,
  };
  const termsFor = termsForHosts(options);
  const lanes = createLanes((target, onEmpty) =>
    createLane({ target, onEmpty, termsFor, local: createNowhereToAsk, ...shared }, options),
  );
  return { ...lanes, cut: () => stopped.abort() };
}

interface LaneParts {
  readonly target: Target;
  readonly onEmpty: () => void;
  readonly termsFor: ReturnType<typeof createTerms>;
  readonly connectFrom: (sources: SourceAddresses | undefined) => Connect;
  readonly health: HostHealth;
  readonly paceOf: PaceOf;
  /** Makes the lane to our own addresses. */
  readonly local: () => Lane;
}

/** Our own addresses are asked about in the directory. */
function createNowhereToAsk(): Lane {
  return createNowhere({ status: "5.1.2", why: "no other host is asked about addresses of ours" });
}

function createLane(parts: LaneParts, options: HostOptions): Lane {
  const { target } = parts;
  switch (target.kind) {
    case "nowhere":
      return createNowhere(target);
    case "mailbox":
      return parts.local();
    case "via":
    case "mx":
      return createDestination(target, parts, options);
  }
}

function createDestination(
  target: HostTarget,
  { onEmpty, termsFor, connectFrom, health, paceOf }: LaneParts,
  options: HostOptions,
): Destination {
  const bounds: DestinationBounds = {
    ...options.policy().settings.queue.bounds,
    ...target.leaving?.bounds,
  };
  return new Destination({
    locate: locator(target, options),
    connect: connectFrom(target.leaving?.sources),
    async terms() {
      const terms = await termsFor(target);
      return terms.ok ? good(boundedTerms(terms.value, bounds)) : terms;
    },
    health,
    elapsed: options.elapsed,
    now: options.now,
    maxConnections: bounds.connections,
    pace: paceOf(paceKey(target), bounds.rate),
    onEmpty,
  });
}

/** What domains ask by MTA-STS is of interest for mail alone: who is asked is named in the configuration. */
function termsForHosts(
  options: HostOptions & Partial<DeliveryOptions>,
): ReturnType<typeof createTerms> {
  const { policy, stsPolicies } = options;
  return createTerms({
    ...options,
    hostname: () => policy().settings.hostname,
    // DANE stands first: where it speaks, no other policy may let through what it does not (RFC 8461 §2).
    mxPolicies: () => [...danePolicies(policy()), ...(stsPolicies?.() ?? [])],
  });
}

function danePolicies({ validated }: Policy): readonly MxPolicy[] {
  return validated === undefined ? [] : [createDanePolicy(validated)];
}

/** @param signal cuts all that it has connected. */
function connector(signal: AbortSignal) {
  return (sources: SourceAddresses | undefined): Connect =>
    async ({ address, port }) => {
      const from = sources && sourceFor(sources, address);
      const made = await connectTo({
        endpoint: port === undefined ? { socket: address } : { host: address, port },
        timeout: connectTime,
        ...(from !== undefined && { from }),
        signal,
      });
      return made.ok ? made : bad(made.problem.said);
    };
}
