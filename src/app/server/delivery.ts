// Wires the delivery rooms: queue, lanes, connector, mailboxes.

import { join } from "node:path";
import type { Endpoint } from "../../core/config/settings.ts";
import { bad, good } from "../../core/result.ts";
import { findDestination } from "../../io/dns/destination.ts";
import { locateHost } from "../../io/dns/locate-host.ts";
import { connect as connectTo } from "../../io/net/connect.ts";
import { createMaildirs } from "../../io/maildir/deliver.ts";
import type { Store } from "../../io/store/store.ts";
import { createDanePolicy } from "../../server/delivery/dane-policy.ts";
import { Destination } from "../../server/delivery/destination.ts";
import type { Lane, Outcome } from "../../server/delivery/job.ts";
import { createLanes, type Lanes } from "../../server/delivery/lanes.ts";
import { createMailboxLane } from "../../server/delivery/mailbox.ts";
import type { MxPolicy } from "../../server/delivery/mx-policy.ts";
import type { TlsEvent } from "../../server/delivery/mx-terms.ts";
import { createNowhere } from "../../server/delivery/nowhere.ts";
import type { Connect, Locate } from "../../server/delivery/opening.ts";
import { Queue } from "../../server/delivery/queue.ts";
import type { SettlementOptions } from "../../server/delivery/settlement.ts";
import { type Target, targetOf } from "../../server/delivery/target.ts";
import type { Log } from "../../server/log.ts";
import { addresseeIn } from "./addressee.ts";
import type { Authorities } from "./hand-over.ts";
import type { Policy } from "./policy.ts";
import { createTerms, type HostTarget } from "./terms.ts";

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
  readonly nextId: () => number;
  readonly signNotice: SettlementOptions["signNotice"];
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
  const connect = connector(stopped.signal);
  const termsFor = termsForHosts(options);
  const lanes = createLanes((target, onEmpty) =>
    createLane({ target, onEmpty, connect, termsFor }, options),
  );
  return new Queue({
    store: store.messages,
    lanes,
    targetOf: (recipient, message) =>
      targetOf(recipient, message, policy().directory, policy().settings.routes),
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
    now,
    log,
  });
}

/** Lanes for questions to other hosts, which wait behind no mail. */
export function createAskingLanes(options: HostOptions): Lanes & { cut(): void } {
  const stopped = new AbortController();
  const connect = connector(stopped.signal);
  const termsFor = termsForHosts(options);
  const lanes = createLanes((target, onEmpty) =>
    createLane({ target, onEmpty, connect, termsFor }, options),
  );
  return { ...lanes, cut: () => stopped.abort() };
}

interface LaneParts {
  readonly target: Target;
  readonly onEmpty: () => void;
  readonly connect: Connect;
  readonly termsFor: ReturnType<typeof createTerms>;
}

function createLane(parts: LaneParts, options: HostOptions): Lane {
  const { target, onEmpty, connect, termsFor } = parts;
  const { policy } = options;
  switch (target.kind) {
    case "nowhere":
      return createNowhere(target);
    case "mailbox":
      return createMailboxLane({
        find: (recipient) => policy().directory.mailbox(recipient),
        maildirs: createMaildirs({
          root: join(policy().settings.data, "mail"),
          hostname: policy().settings.hostname,
          processId: process.pid,
          now: options.now,
        }),
      });
    case "via":
    case "mx":
      return new Destination({
        locate: locator(target, options),
        connect,
        terms: () => termsFor(target),
        startsAlone: target.kind === "via" && target.transport.login !== undefined,
        elapsed: options.elapsed,
        maxConnections: policy().settings.queue.connectionsPerDestination,
        onEmpty,
      });
  }
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
function connector(signal: AbortSignal): Connect {
  return async ({ address, port }) => {
    const endpoint = { host: address, port };
    const made = await connectTo({ endpoint, timeout: connectTime, signal });
    return made.ok ? made : bad(made.problem.said);
  };
}

function locator(target: HostTarget, options: HostOptions): Locate {
  return target.kind === "via"
    ? () => locateVia(target.host, options.policy())
    : () => locateMx(target.domain, options);
}

async function locateVia({ host, port }: Endpoint, policy: Policy): ReturnType<Locate> {
  const useSystem = policy.settings.dns.servers.length === 0;
  const found = await locateHost(host, policy.resolver, useSystem);
  switch (found.kind) {
    case "addresses":
      return good(found.addresses.map((address) => ({ name: host, address, port })));
    // The operator named this host: that it is not there is a mistake to mend, not the mail's end.
    case "none":
    case "no-such-host":
      return bad(temporary("4.4.4", `the host ${host} has no address`));
    case "unknown":
      return bad(temporary("4.4.3", `the address of ${host} is unknown: ${found.why}`));
  }
}

async function locateMx(
  domain: string,
  { policy, random, mxPort }: HostOptions,
): ReturnType<Locate> {
  const { resolver, validated, ourselves } = policy();
  const found = await findDestination(validated ?? resolver, domain, { ...ourselves, random });
  if (found.kind === "no-route") {
    const said = { status: found.status, text: found.why, remote: false };
    return bad({ kind: found.status.startsWith("4") ? "temporary" : "permanent", said });
  }
  const { validation: mx } = found;
  return good(
    found.hosts.flatMap(({ name, addresses, validation }) => {
      const signed = mx && validation && { signed: { mx, addresses: validation } };
      return addresses.map((address) => ({ name, address, port: mxPort, ...signed }));
    }),
  );
}

function temporary(status: string, text: string): Outcome {
  return { kind: "temporary", said: { status, text, remote: false } };
}
