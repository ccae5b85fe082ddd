// What holds for one POP3 session: it keeps the settings that it began with, whatever is reloaded
// meanwhile.

import type { LimitSettings, ListenerSettings } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { SessionSettings } from "../../core/pop3/state.ts";
import type { SecureOptions } from "../../io/tls/secure.ts";
import { isProxy, mayLogInInClear } from "../listener-clients.ts";
import type { Logins } from "../logins/logins.ts";
import { offerTls, type TlsOffer } from "../tls-offer.ts";

export interface SessionPolicy {
  readonly session: SessionSettings;
  /** Undefined where the listener does not offer TLS. */
  readonly tls: TlsOffer | undefined;
  readonly logins: Logins;
  /** A login from there opens no relaying: the address is a proxy's, which is nobody's in particular. */
  readonly noRelay: boolean;
  /** Milliseconds for the next command before the login to arrive whole. */
  readonly loginTime: number;
  /** Milliseconds of silence, or of reading nothing, after which a session ends (autologout). */
  readonly idleTime: number;
}

export interface SessionPolicyOptions extends Omit<SecureOptions, "protocol"> {
  readonly hostname: string;
  readonly limits: Pick<LimitSettings, "errors" | "idleCommands" | "commandTime">;
  readonly logins: Logins;
  /** Refused logins that end a session. */
  readonly maxRefusedLogins: number;
}

/** RFC 1939 §3: an autologout must not come before. */
const leastIdleTime = 10 * 60_000;

export function sessionPolicy(
  listener: ListenerSettings,
  client: IpAddress,
  options: SessionPolicyOptions,
): SessionPolicy {
  const { hostname, limits, logins, maxRefusedLogins } = options;
  return {
    session: {
      hostname,
      maxErrors: limits.errors,
      maxIdleCommands: limits.idleCommands,
      startTls: listener.tls === "offered" || listener.tls === "required",
      auth: {
        sasl: logins.sasl,
        sources: logins.sources,
        allowedInClear: mayLogInInClear(listener, client),
        maxRefusedLogins,
      },
    },
    tls: offerTls(listener, "pop3", options),
    logins,
    noRelay: isProxy(listener, client),
    loginTime: limits.commandTime,
    idleTime: Math.max(limits.commandTime, leastIdleTime),
  };
}
