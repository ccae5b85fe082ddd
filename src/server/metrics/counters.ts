// What the server counts while it works: plain numbers, added to where a thing happens, and read when
// somebody asks.

import type { ListenerRole } from "../../core/config/settings.ts";
import type { LoginVerdict } from "../../core/login/verdict.ts";
import type { LoginService } from "../../core/login/source.ts";
import { deliveryBounds, Histogram } from "../../core/metrics/histogram.ts";
import type { Decision } from "../../core/policy/decision.ts";
import type { RelayRole } from "../../core/policy/request.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";
import type { RecipientKind, RecipientResult } from "../../core/queue/message.ts";
import type { Refusal } from "../../io/net/connection-limits.ts";
import { Tally } from "./tally.ts";

export type AttemptState = Exclude<RecipientResult["state"], "lined">;

/** By what a client logs in. */
export type MechanismClass = "password" | "scram" | "token" | "certificate" | "other";

export type LoginResult = LoginVerdict | "unavailable";

/** Why a message was refused whose recipients had been accepted. */
export type MessageRefusal = "loop" | "memory" | "full" | "store" | "sender" | "inspection";

/** Of one listener role. */
export class ConnectionCounts {
  accepted = 0;
  open = 0;
  readonly refused = new Tally<Refusal>();
}

/** Handshakes by the version that came about. */
export class TlsCounts {
  readonly done = new Tally();
  failed = 0;
}

/** Questions to the DNS. */
class DnsCounts {
  asked = 0;
  /** No answer came, or none of use: not those for names that do not exist. */
  failed = 0;
}

const byRole = <Counts>(make: () => Counts): Readonly<Record<ListenerRole, Counts>> => ({
  mx: make(),
  submission: make(),
  pop3: make(),
  admin: make(),
});

const byVerdict = (): Readonly<Record<Decision["verdict"], Tally>> => ({
  accept: new Tally(),
  refuse: new Tally(),
  defer: new Tally(),
});

const byMechanism = (): Readonly<Record<MechanismClass, Tally<LoginResult>>> => ({
  password: new Tally(),
  scram: new Tally(),
  token: new Tally(),
  certificate: new Tally(),
  other: new Tally(),
});

export class Counters {
  readonly connections = byRole(() => new ConnectionCounts());
  readonly tls = {
    mx: new TlsCounts(),
    submission: new TlsCounts(),
    pop3: new TlsCounts(),
  } as const;
  readonly decisions: Readonly<Record<RelayRole, ReturnType<typeof byVerdict>>> = {
    mx: byVerdict(),
    submission: byVerdict(),
  };
  /** Messages kept, and their octets. */
  accepted = 0;
  octets = 0;
  readonly refused = new Tally<MessageRefusal>();
  readonly logins: Readonly<Record<LoginService, ReturnType<typeof byMechanism>>> = {
    smtp: byMechanism(),
    pop3: byMechanism(),
  };
  /** Messages that a grant let through. */
  grantUses = 0;
  readonly attempts: Readonly<Record<RecipientKind, Tally<AttemptState>>> = {
    local: new Tally(),
    relay: new Tally(),
  };
  /** Seconds from a message's arrival, or its release, to the delivery. */
  readonly latency: Readonly<Record<RecipientKind, Histogram>> = {
    local: new Histogram(deliveryBounds),
    relay: new Histogram(deliveryBounds),
  };
  readonly dns = {
    delivery: new DnsCounts(),
    clients: new DnsCounts(),
    senders: new DnsCounts(),
  } as const;

  /** What protected deliveries to other hosts. */
  readonly protection = new Tally<"clear" | "tls" | "verified">();

  /** @param age of the message, in milliseconds */
  attempted(kind: RecipientKind, state: AttemptState, age: number, by?: Protection): void {
    this.attempts[kind].add(state);
    if (state !== "delivered") return;
    // The clock may have been set back.
    this.latency[kind].observe(Math.max(0, age) / 1000);
    if (by?.kind === "tls") this.protection.add(by.verified ? "verified" : "tls");
    else if (by?.kind === "clear") this.protection.add("clear");
  }
}
