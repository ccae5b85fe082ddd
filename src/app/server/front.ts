// The side that clients see first: listeners, limits on connections, and the reception where they
// wait until the server behind it is ready.

import type { Socket } from "node:net";
import type { LimitSettings, ListenerRole, ListenerSettings } from "../../core/config/settings.ts";
import { describeLimit } from "../../core/limits/words.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { replies as pop3Replies } from "../../core/pop3/replies.ts";
import { formatReply as formatPop3Reply } from "../../core/pop3/reply.ts";
import { formatReply } from "../../core/smtp/reply.ts";
import { replies } from "../../core/smtp/server/replies.ts";
import { lastWords as lastHttpWords } from "../../io/http/last-words.ts";
import { createConnectionLimits, type Refusal } from "../../io/net/connection-limits.ts";
import { startDeadlines } from "../../io/net/deadlines.ts";
import { planListeners, takeInheritedSockets } from "../../io/net/inherited.ts";
import { type BoundListener, openListeners } from "../../io/net/listener.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../../server/log.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { type Connection, createReception } from "../../server/reception.ts";

export type ServeClient = (
  socket: Socket,
  client: IpAddress,
  listener: ListenerSettings,
) => Connection;

export interface Front {
  readonly listeners: readonly BoundListener[];
  /** Begins to serve, those first who have come already. */
  open(serve: ServeClient): void;
  /** Accepts nobody any more, ends the sessions, and cuts what is left after `patience` ms. */
  close(patience: number): Promise<void>;
}

export interface FrontOptions {
  readonly listeners: readonly ListenerSettings[];
  readonly limits: () => LimitSettings;
  /** Whether a client may connect as fast as it likes. */
  readonly isTrusted: (client: IpAddress) => boolean;
  readonly counters: Pick<Counters, "connections">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at the time limits of connections. */
const lookEvery = 500;

/** Binds all listeners, or none: then it rejects with what to do. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { listeners, limits, isTrusted, clock, log } = options;
  const counts = options.counters.connections;
  const plan = planListeners(listeners, takeInheritedSockets(process.env, process.pid));
  if (!plan.ok) throw new Error(plan.problem);
  const deadlines = startDeadlines({ now: clock.elapsed, interval: lookEvery });
  const reception = createReception(deadlines);
  let serve: ServeClient | undefined;
  const bound = await openListeners(plan.value, {
    limits: createConnectionLimits({ limits, isTrusted, elapsed: clock.elapsed }),
    onConnection: (socket, client, listener) =>
      reception.accept(socket, counts[listener.role], (ready) => {
        if (serve === undefined) throw new Error("a client was served before the server was ready");
        return serve(ready, client, listener);
      }),
    onRefused(refusal, _client, { role }) {
      counts[role].refused.add(refusal);
      return lastWords(role, refusal, limits());
    },
    onUnproxied: ({ peer, why, count }, { name }) =>
      log.warn(
        { event: "unproxied", listener: name, peer: formatIp(peer), why, count },
        `a connection from ${formatIp(peer)} was closed: ${why}`,
      ),
    onAcceptError: (error, { name }) =>
      log.error({ event: "accept-failed", listener: name, error }, "a connection was not accepted"),
  });
  return {
    listeners: bound,
    open(serveClient) {
      serve = serveClient;
      reception.open();
    },
    async close(patience) {
      const stopped = Promise.all(bound.map((listener) => listener.stop()));
      await reception.close(patience);
      await stopped;
      deadlines.stop();
    },
  };
}

/** In the clear also where TLS would begin at once: not worth a handshake. */
function lastWords(
  role: ListenerRole,
  refusal: Refusal,
  { connectionRate }: LimitSettings,
): string {
  const limit =
    refusal === "too-fast-from-client" && connectionRate !== undefined
      ? describeLimit(connectionRate, "connections", "client")
      : undefined;
  switch (role) {
    case "mx":
    case "submission":
      return formatReply(
        limit === undefined ? replies.tooManyConnections : replies.connectingTooFast(limit),
      );
    case "pop3":
      return formatPop3Reply(
        limit === undefined ? pop3Replies.tooManyConnections : pop3Replies.connectingTooFast(limit),
      );
    case "admin":
      return lastHttpWords(503);
  }
}
