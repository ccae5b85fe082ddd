// The part of a running server that serves POP3: sessions by the settings of the moment, each with
// what it has opened.

import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { ListenerSettings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { formatMessageId, type MessageId } from "../../core/queue/message.ts";
import type { Mailboxes } from "../../io/maildir/mailboxes.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Certificates } from "../../io/tls/certificates.ts";
import type { GrantDesk } from "../../server/grants/grants.ts";
import type { Log } from "../../server/log.ts";
import type { Logins } from "../../server/logins/logins.ts";
import type { Counters } from "../../server/metrics/counters.ts";
import { Connection } from "../../server/pop3d/connection.ts";
import { sessionPolicy } from "../../server/pop3d/session-policy.ts";
import type { Watchers } from "../../server/watching/watchers.ts";
import type { Policy } from "./policy.ts";

export interface Pop3Options {
  readonly policy: () => Policy;
  readonly certificates: Certificates;
  readonly logins: Logins;
  readonly mailboxes: Pick<Mailboxes, "open">;
  /** Absent where reading mail opens no relaying. */
  readonly grants?: GrantDesk;
  readonly counters: Counters;
  readonly watchers: Watchers;
  readonly nextId: () => MessageId;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Pop3 {
  serve(socket: Socket, client: IpAddress, listener: ListenerSettings): Connection;
  /** Ends the sessions of an account, as `accountKey` has it, whose logins are not good any more. */
  readonly endOf: (account: string) => void;
  /** Resolves when every mailbox is given back whose connection has ended, or after `patience` ms. */
  settled(patience: number): Promise<void>;
}

export function createPop3(options: Pop3Options): Pop3 {
  const { certificates, logins, nextId, clock } = options;
  const open = new Set<Promise<void>>();
  const connections = new Set<Connection>();
  return {
    serve(socket, client, listener) {
      const { settings, forSessions } = options.policy();
      const { asksForCertificate, maxRefusedLogins } = forSessions;
      const { hostname, limits } = settings;
      const tls = { certificates, asksForCertificate };
      const over = Promise.withResolvers<void>();
      open.add(over.promise);
      const connection = new Connection(
        socket,
        { session: formatMessageId(nextId()), listener: listener.name, client },
        {
          ...options,
          tlsCounts: options.counters.tls.pop3,
          now: clock.now,
          elapsed: clock.elapsed,
          policy: sessionPolicy(listener, client, {
            ...tls,
            hostname,
            limits,
            logins,
            maxRefusedLogins,
          }),
          onOver() {
            connections.delete(connection);
            open.delete(over.promise);
            over.resolve();
          },
        },
      );
      connections.add(connection);
      return connection;
    },
    endOf(account) {
      for (const connection of connections) connection.endOf(account);
    },
    async settled(patience) {
      const late = delay(patience, undefined, { ref: false });
      await Promise.race([Promise.all(open), late]);
    },
  };
}
