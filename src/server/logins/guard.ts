// Stands before every login: turns away those who are banned before their password costs us
// anything, counts wrong logins, says how long the answer waits, and bans.
//
// The order for one login: `mayTry` when a client comes to log in, `begin` when it has named a user
// and before its credentials are checked, `settle` when it is known what it came to. A delay is one
// timer of the connection that waits: there are never more of them than connections.

import { createHmac } from "node:crypto";
import type { GuessingSettings } from "../../core/config/settings.ts";
import { type Ban, sentence } from "../../core/guessing/ban.ts";
import type { BanLedger } from "../../core/guessing/ban-ledger.ts";
import { Guessing, type GuessingRates, type Suspect } from "../../core/guessing/guessing.ts";
import type { KnownAddresses } from "../../core/guessing/known-addresses.ts";
import { isSameRate } from "../../core/limits/bucket.ts";
import { accountKey } from "../../core/mail/account-key.ts";
import { formatPrefix, type IpAddress, type Prefix } from "../../core/mail/ip.ts";
import type { CredentialQuestion } from "../../core/sasl/credentials.ts";
import { type Outcome, wrongCredentials } from "../../core/sasl/exchange.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../log.ts";
import type { BanKeeper } from "./ban-keeper.ts";

export interface GuardOptions {
  readonly settings: GuessingSettings;
  /** Whom nothing of this concerns: `limits.guessing.allow` and our own proxies. */
  readonly isAllowed: (client: IpAddress) => boolean;
  readonly ledger: BanLedger;
  readonly known: KnownAddresses;
  readonly keeper: Pick<BanKeeper, "note" | "noteKnown">;
  readonly clock: Clock;
  /** New at each start, at least 16 octets: with it wrong passwords are told apart and not stored. */
  readonly secret: Uint8Array;
  readonly log: Log;
}

/** For the log; the client is told no more than that it should come back later. */
export interface Refusal {
  readonly verdict: "refuse";
  readonly delayMs: 0;
  readonly why: string;
}

export interface Leave {
  readonly verdict: "go on";
  /** To be given to `settle`, whatever comes of it. */
  readonly attempt: Attempt;
}

/** A login between `begin` and `settle`. */
export interface Attempt {
  readonly client: IpAddress;
  /** As names are compared. */
  readonly user: string;
  /** Which turn its password check has: the user has logged in well from there
   * lately, or not. */
  readonly lane: "known" | "stranger";
  readonly isAllowed: boolean;
  readonly digest: string | undefined;
}

export interface Settled {
  /** Milliseconds that the answer waits; 0: it goes out at once. */
  readonly delayMs: number;
  /** The client was banned for this one: its answer is the last. */
  readonly ban?: Ban;
}

/** Longest name that is compared as it is, in characters; longer ones by their digest. */
const longestName = 320;

export class Guard {
  readonly #options: GuardOptions;
  #settings: GuessingSettings;
  #isAllowed: GuardOptions["isAllowed"];
  #guessing: Guessing;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#isAllowed = options.isAllowed;
    this.#guessing = new Guessing(options.settings.rates);
  }

  /** Puts other settings in place; what is counted stays, unless its rates have changed. */
  renew({ settings, isAllowed }: Pick<GuardOptions, "settings" | "isAllowed">): void {
    if (!areSame(settings.rates, this.#settings.rates)) {
      this.#guessing = new Guessing(settings.rates);
    }
    this.#settings = settings;
    this.#isAllowed = isAllowed;
  }

  /** When a client comes to log in, and nobody knows yet as whom: undefined is yes. */
  mayTry(client: IpAddress): Refusal | undefined {
    const { ledger, known, clock } = this.#options;
    const ban = ledger.find(client, clock.now());
    // A user who is known there must have the chance to say who it is.
    if (ban === undefined || this.#isAllowed(client) || known.hasResidents(client))
      return undefined;
    return refuse(describe(ban));
  }

  /** When the client has named a user, before its credentials are checked. */
  begin(client: IpAddress, question: CredentialQuestion): Refusal | Leave {
    const { ledger, known, clock } = this.#options;
    const user = this.#nameKey(question.user ?? "");
    const isKnown = known.isKnown(client, user, clock.now());
    const isAllowed = this.#isAllowed(client);
    const attempt: Attempt = {
      client,
      user,
      lane: isKnown ? "known" : "stranger",
      isAllowed,
      digest: this.#digestOf(question),
    };
    if (isAllowed) return { verdict: "go on", attempt };
    const ban = isKnown ? undefined : ledger.find(client, clock.now());
    if (ban !== undefined) return refuse(describe(ban));
    const admission = this.#guessing.admit({ client, user, isKnown }, clock.elapsed());
    if (admission.verdict === "go on") return { verdict: "go on", attempt };
    return refuse(`the allowance limits.guessing.${admission.why} is used up`);
  }

  settle(attempt: Attempt, outcome: Outcome): Settled {
    const { clock, keeper, known } = this.#options;
    const { client, user, lane, isAllowed, digest } = attempt;
    const result = resultOf(outcome);
    if (result === "good") {
      const news = known.note(client, user, clock.now());
      if (news !== undefined) keeper.noteKnown(news);
    }
    const login = { client, user, isKnown: lane === "known", digest };
    const settled = isAllowed
      ? { delayMs: 0 }
      : this.#guessing.settle({ ...login, result }, clock.elapsed());
    const ban = "ban" in settled && settled.ban ? this.#ban(settled.ban) : undefined;
    return { delayMs: settled.delayMs, ...(ban && { ban }) };
  }

  /** A login that was refused before it came to a check: its name or its form is nobody's. */
  unchecked(client: IpAddress): Settled {
    const begun = this.begin(client, { kind: "clear-password", user: "" });
    return begun.verdict === "refuse" ? begun : this.settle(begun.attempt, wrongCredentials(""));
  }

  /** Forgets what was counted in a prefix whose ban was lifted. */
  forgive(prefix: Prefix): void {
    this.#guessing.forgive(prefix, this.#options.clock.elapsed());
  }

  /** Entries in the fullest table of what is counted. */
  get size(): number {
    return this.#guessing.size;
  }

  /** Undefined where the ban is in force already: others were under way. */
  #ban({ evidence, ...charge }: Suspect): Ban | undefined {
    const { ledger, clock, keeper, log } = this.#options;
    const utc = clock.now();
    const before = ledger.get(charge.prefix);
    if (before !== undefined && ledger.find(charge.prefix.address, utc) !== undefined) {
      return undefined;
    }
    const lengths = this.#settings.ban;
    const full = { ...charge, evidence: { ...evidence, last: utc } };
    const ban = sentence(full, before, { lengths, utc });
    keeper.note(ledger.impose(ban));
    const prefix = formatPrefix(ban.prefix);
    log.warn({ event: "banned", prefix, reason: ban.reason, until: ban.until }, describe(ban));
    return ban;
  }

  /** A long name is as good as its digest. */
  #nameKey(name: string): string {
    const key = accountKey(name);
    return key.length <= longestName ? key : `digest ${this.#hmac(key)}`;
  }

  #digestOf(question: CredentialQuestion): string | undefined {
    switch (question.kind) {
      case "password":
        return this.#hmac(question.password.sent);
      case "token":
        return this.#hmac(question.token);
      // The client proves what it knows without saying it.
      case "scram-keys":
      case "clear-password":
      case "certificate":
        return undefined;
    }
  }

  #hmac(text: string): string {
    return createHmac("sha256", this.#options.secret).update(text).digest("base64").slice(0, 24);
  }
}

function resultOf(outcome: Outcome): "good" | "wrong" | "none" {
  if (outcome.kind === "success") return "good";
  return outcome.reason === "rejected" ? "wrong" : "none";
}

function refuse(why: string): Refusal {
  return { verdict: "refuse", delayMs: 0, why };
}

/** A ban in the words of the log. */
function describe({ prefix, reason, until, note }: Ban): string {
  const end = until === null ? "until it is lifted" : `until ${new Date(until).toISOString()}`;
  const because = note === "" ? reason : `${reason}: ${note}`;
  return `${formatPrefix(prefix)} may not log in ${end} (${because})`;
}

function areSame(one: GuessingRates, other: GuessingRates): boolean {
  const names = ["client", "network", "names", "account", "known"] as const;
  return names.every((name) => isSameRate(one[name], other[name]));
}
