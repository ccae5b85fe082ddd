// What a connection to each destination has to come by before it takes mail: TLS, a login.

import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { TransportSettings } from "../../core/config/transport-settings.ts";
import { isLoopback, parseIp } from "../../core/mail/ip.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import { createDerive } from "../../io/password/derive.ts";
import { systemAuthorities } from "../../io/tls/client/authorities.ts";
import type { Judge } from "../../io/tls/client/doubt.ts";
import { secureHost } from "../../io/tls/client/secure-host.ts";
import { createSessionCache } from "../../io/tls/client/session-cache.ts";
import type { Outcome } from "../../server/delivery/job.ts";
import type { MxPolicy } from "../../server/delivery/mx-policy.ts";
import { createMxTerms, type TlsEvent } from "../../server/delivery/mx-terms.ts";
import type { Candidate, Terms } from "../../server/delivery/opening.ts";
import { endsHere, type Target } from "../../server/delivery/target.ts";
import type { Log } from "../../server/log.ts";
import type { Authorities } from "./hand-over.ts";
import { createHostLogins } from "./host-logins.ts";

export interface TermsOptions {
  readonly hostname: () => string;
  /** What domains may ask of the hosts that the DNS names for them, the weightiest first. */
  readonly mxPolicies: () => readonly MxPolicy[];
  /** Told how TLS went with those hosts. */
  readonly onTls?: (event: TlsEvent) => void;
  readonly authorities: () => Authorities;
  readonly log: Log;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

export type HostTarget = Extract<Target, { kind: "via" | "mx" }>;

type TermsFor = (target: HostTarget) => Promise<Result<Terms, Outcome>>;

export function createTerms(options: TermsOptions): TermsFor {
  const { hostname, mxPolicies, onTls, authorities, log, now, elapsed } = options;
  const sessions = createSessionCache(elapsed);
  const derive = createDerive();
  let system: Promise<SecureContext> | undefined;

  function ofSystem(): Promise<SecureContext> {
    system ??= systemAuthorities(process.env);
    return system;
  }

  const loginTo = createHostLogins({ log, elapsed, authorities: ofSystem });

  function authoritiesOf({
    authorities: path,
  }: Partial<TransportSettings>): Promise<SecureContext> | undefined {
    if (path !== undefined) {
      // A reload may have dropped them under mail that is on its way: nobody else's stand in.
      const own = authorities().get(path);
      return own && Promise.resolve(own);
    }
    return ofSystem();
  }

  async function securing(transport: Partial<TransportSettings>) {
    const trusted = await authoritiesOf(transport);
    if (trusted === undefined) return undefined;
    return ({ name, port = 0 }: Candidate, judge?: Judge) =>
      (clear: Socket) =>
        secureHost(clear, { host: name, port, judge, authorities: trusted, sessions, now });
  }

  async function viaTerms(
    target: Extract<HostTarget, { kind: "via" }>,
  ): Promise<Result<Terms, Outcome>> {
    const { transport, requireTls } = target;
    const { protocol, tls, implicitTls, login } = transport;
    const session: ClientOptions = {
      hostname: hostname(),
      ...(protocol && { protocol }),
      endsHere: endsHere(target),
      tls,
      implicitTls,
      requireTls,
      isNameTrusted: true,
      clearBecause: "TLS is off for this host",
    };
    const secure = await securing(transport);
    if (secure === undefined) return bad(temporary("4.3.5", withdrawn));
    if (login === undefined) {
      return good({
        forHost: async (candidate) => good({ session, secure: secure(candidate) }),
        derive,
      });
    }
    const at = await loginTo(target, login);
    if (!at.ok) return at;
    const { credentials, onLogin } = at.value;
    return good({
      forHost: async (candidate) =>
        good({
          session: {
            ...session,
            login: { ...credentials, allowedInClear: isLocal(candidate.address) },
          },
          secure: secure(candidate),
        }),
      derive,
      onLogin,
    });
  }

  async function mxTerms({
    domain,
    wish,
  }: Extract<HostTarget, { kind: "mx" }>): Promise<Result<Terms, Outcome>> {
    const secure = await securing({});
    if (secure === undefined) return bad(temporary("4.3.5", withdrawn));
    const forHost = createMxTerms({
      domain,
      wish,
      hostname: hostname(),
      policies: mxPolicies(),
      secure,
      // What was sent past the domain's wishes says nothing of how they are met; reports go so.
      ...(onTls && wish !== "optional" && { onTls }),
    });
    return forHost.ok ? good({ forHost: forHost.value }) : forHost;
  }

  return async (target) => (target.kind === "via" ? viaTerms(target) : mxTerms(target));
}

const withdrawn = "the authorities of its route were taken out of the configuration";

function isLocal(address: string): boolean {
  if (address.startsWith("/")) return true;
  const ip = parseIp(address);
  return ip !== undefined && isLoopback(ip);
}

function temporary(status: string, text: string): Outcome {
  return { kind: "temporary", said: { status, text, remote: false } };
}
