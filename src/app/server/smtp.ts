// The part of a running server that serves SMTP: sessions by the policy of the moment, each of which
// keeps the one that it began with.

import type { Socket } from "node:net";
import type { ListenerSettings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { MessageId } from "../../core/queue/message.ts";
import type { Clock } from "../../io/process/clock.ts";
import { StoreError } from "../../io/store/error.ts";
import type { Store } from "../../io/store/store.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import type { Log } from "../../server/log.ts";
import type { Logins } from "../../server/logins/logins.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { createMemoryBudget } from "../../server/memory.ts";
import { Connection, type ConnectionOptions } from "../../server/smtpd/connection.ts";
import { createSessionPolicies } from "../../server/smtpd/session-policy.ts";
import type { Watchers } from "../../server/watching/watchers.ts";
import type { Policy } from "./policy.ts";
import type { Protection } from "./protection.ts";

export interface SmtpOptions {
  readonly policy: Policy;
  readonly store: Store;
  readonly certificates: Certificates;
  readonly logins: Logins;
  readonly protection: Pick<Protection, "holds">;
  readonly queue: Pick<Queue, "take">;
  readonly counters: Counters;
  readonly watchers: Watchers;
  readonly nextId: () => MessageId;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Smtp {
  serve(socket: Socket, client: IpAddress, listener: ListenerSettings, role: RelayRole): Connection;
  /** Sessions that begin from now on are judged by this policy. */
  renew(policy: Policy): void;
}

export function createSmtp(options: SmtpOptions): Smtp {
  const { certificates, logins, counters, nextId, clock } = options;
  const intake = intakeFor(options);
  const begin = (policy: Policy) => ({
    limits: policy.settings.limits,
    sessionFor: createSessionPolicies({
      ...policy.forSessions,
      certificates,
      logins,
      onRelayedForGrant(use) {
        counters.grantUses++;
        policy.forSessions.onRelayedForGrant(use);
      },
      now: clock.now,
    }),
  });
  let current = begin(options.policy);
  return {
    serve(socket, client, listener, role) {
      const { sessionFor, limits } = current;
      const source = { id: nextId(), listener: listener.name, role, client };
      return new Connection(socket, source, {
        policy: sessionFor(listener, role, client),
        intake,
        commandTime: limits.commandTime,
        messageTime: limits.messageTime,
        watchers: options.watchers,
        tlsCounts: counters.tls[role],
        elapsed: clock.elapsed,
      });
    },
    renew(policy) {
      current = begin(policy);
    },
  };
}

function intakeFor(options: SmtpOptions): ConnectionOptions["intake"] {
  const { store, protection, queue, counters, nextId, clock, log } = options;
  const { hostname, limits } = options.policy.settings;
  return {
    hostname,
    keeper: store.messages,
    budget: createMemoryBudget(limits.memory),
    nextId,
    now: clock.now,
    onKept(message, content) {
      counters.accepted++;
      counters.octets += message.size;
      if (protection.holds(message)) content?.release();
      else queue.take(message, content);
    },
    onRefused: (why) => counters.refused.add(why),
    isFull: (error) => error instanceof StoreError && error.kind === "full",
    log,
  };
}
