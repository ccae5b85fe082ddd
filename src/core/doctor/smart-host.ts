// Does the host that mail is handed to answer, with the TLS and the login that the route asks for?

import type { HostLogin, TransportSettings } from "../config/transport-settings.ts";
import { chooseMechanisms } from "../sasl/client/mechanisms.ts";
import { printable } from "../smtp/reply.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface SmartHostFact {
  /** `smtp.example.com:587` */
  readonly host: string;
  readonly transport: Pick<TransportSettings, "tls" | "login">;
  readonly offer: SmtpOffer | { readonly unreached: string };
}

export interface SmtpOffer {
  /** It begins with TLS, or STARTTLS went through, or why not. */
  readonly tls:
    | { readonly kind: "up"; readonly doubt: string | undefined }
    | { readonly kind: "not-offered" }
    | { readonly kind: "failed"; readonly why: string };
  /** Mechanisms of AUTH, in capitals, as they are offered at the end. */
  readonly auth: readonly string[];
  /** It is this machine: a password may go there in the clear. */
  readonly isLoopback: boolean;
}

/** Whether anything stands in the way of mail to this host. */
export function judgeSmartHost({ host, transport, offer }: SmartHostFact): readonly Finding[] {
  if ("unreached" in offer) {
    return [
      problem(`the smart host ${host} takes no mail from here: ${printable(offer.unreached)}`, {
        why: "mail for others waits until it does, and comes back after some days",
        remedy: "correct its name or port in `routes`, or ask whoever runs it",
      }),
    ];
  }
  const found = [...judgeTls(host, transport, offer), ...judgeLogin(host, transport, offer)];
  if (found.length > 0) return found;
  const tls = offer.tls.kind === "up" ? "with TLS" : "in the clear";
  const login = transport.login === undefined ? "" : ", and offers a login";
  return [ok(`the smart host ${host} answers ${tls}${login}`)];
}

type Transport = SmartHostFact["transport"];

function judgeTls(host: string, { tls: level }: Transport, offer: SmtpOffer): readonly Finding[] {
  const isNeeded = level === "required" || level === "verified";
  const { tls } = offer;
  if (level === "off") return [];
  if (tls.kind === "up") {
    if (tls.doubt === undefined || level !== "verified") return [];
    return [
      problem(`the certificate of ${host} cannot be trusted: ${printable(tls.doubt)}`, {
        why: "the route says `tls: verified` (as it does without a word where there is a login), so mail waits",
        remedy:
          "use the name that its certificate is for, or name its authority in `authorities` of the route",
      }),
    ];
  }
  const why = tls.kind === "failed" ? `its TLS fails: ${printable(tls.why)}` : "it offers no TLS";
  if (isNeeded) {
    return [
      problem(`the smart host ${host} answers, but ${why}`, {
        why: `the route says \`tls: ${level}\`, so mail waits`,
        remedy: "use the port where it has TLS, mostly 587 or 465",
      }),
    ];
  }
  if (offer.isLoopback) return [];
  return [
    warning(`the smart host ${host} answers, but ${why}`, {
      why: "mail goes there in the clear",
      remedy:
        "use the port where it has TLS, mostly 587 or 465, and write `tls: required` in the route",
    }),
  ];
}

function judgeLogin(
  host: string,
  { login }: Transport,
  { tls, auth, isLoopback }: SmtpOffer,
): readonly Finding[] {
  if (login === undefined || (tls.kind !== "up" && !isLoopback)) return [];
  if (auth.length === 0) {
    return [
      problem(`the smart host ${host} offers no login here`, {
        why: "the route has one, so mail waits",
        remedy: "use the port for logins, mostly 587 or 465, or take `login` out of the route",
      }),
    ];
  }
  if (canUse(login, auth)) return [];
  return [
    problem(
      `the smart host ${host} offers only logins that are not known here: ${auth.join(", ")}`,
      {
        why: "mail waits",
        remedy: "ask whoever runs it for SCRAM-SHA-256 or PLAIN",
      },
    ),
  ];
}

/** Whether it goes with a password or with a token is a matter of the mechanism. */
function canUse(login: HostLogin, auth: readonly string[]): boolean {
  if (!("oauth2" in login)) return chooseMechanisms(auth, {}).length > 0;
  return auth.some((name) => name === "OAUTHBEARER" || name === "XOAUTH2");
}
