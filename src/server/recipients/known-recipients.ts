// Whether a recipient exists at the host that its domain's mail is handed on to: from what the host
// said earlier, or by asking it. What is remembered is used while the host is away.

import { formatHosts } from "../../core/config/values/next-hosts.ts";
import type { RelayDelivery } from "../../core/config/settings.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import {
  type KnownRecipient,
  worthlessBefore,
  worthOf,
} from "../../core/recipients/known-recipient.ts";
import type { RecipientStore } from "../../io/store/recipient-store.ts";
import type { Log } from "../log.ts";
import type { Callout } from "./callout.ts";

export type Existence =
  | { readonly kind: "exists" }
  | { readonly kind: "nobody" }
  | { readonly kind: "unsure"; readonly why: string };

export interface KnownRecipientsOptions {
  readonly store: RecipientStore;
  readonly callout: Callout;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Milliseconds that a sender waits for the other host's word. */
const patience = 5_000;
/** Recipients that do not exist are remembered for so many addresses: strangers can make them up. */
const mostNobodies = 100_000;
/** So many more may be in the store for a while. */
const mostNewNobodies = 10_000;
/** Milliseconds between two looks for what has grown too old. */
const pruneEvery = 3_600_000;

export class KnownRecipients {
  readonly #options: KnownRecipientsOptions;
  /** One question for each address at a time. */
  readonly #underWay = new Map<string, Promise<Existence>>();
  #pruner: NodeJS.Timeout | undefined;
  /** Since the last look. */
  #newNobodies = 0;

  constructor(options: KnownRecipientsOptions) {
    this.#options = options;
  }

  /** Begins to look after what is in the store. */
  start(): void {
    this.#pruner = setInterval(() => void this.#prune(), pruneEvery).unref();
  }

  close(): void {
    clearInterval(this.#pruner);
  }

  /** Rejects where the store cannot be read. */
  async find(recipient: Address, deliver: RelayDelivery): Promise<Existence> {
    const { store, now } = this.#options;
    const known = await store.find(mailboxKey(recipient));
    const worth = known === undefined ? "none" : worthOf(known, now());
    if (known === undefined || worth === "none") return this.#askInTime(recipient, deliver);
    if (worth === "fresh") return existence(known);
    if (known.exists) {
      // Nobody needs to wait: the answer is for the next one.
      void this.#ask(recipient, deliver);
      return existence(known);
    }
    const answer = await this.#askInTime(recipient, deliver);
    return answer.kind === "unsure" ? existence(known) : answer;
  }

  async #askInTime(recipient: Address, deliver: RelayDelivery): Promise<Existence> {
    const { promise: tooLate, resolve } = Promise.withResolvers<Existence>();
    const why = `${formatHosts(deliver.via)} did not answer in time`;
    const timer = setTimeout(() => resolve({ kind: "unsure", why }), patience);
    try {
      return await Promise.race([this.#ask(recipient, deliver), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Goes on to its end, whoever waits for it. */
  #ask(recipient: Address, deliver: RelayDelivery): Promise<Existence> {
    const key = mailboxKey(recipient);
    const before = this.#underWay.get(key);
    if (before !== undefined) return before;
    const asking = this.#askHost(recipient, deliver).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  async #askHost(recipient: Address, deliver: RelayDelivery): Promise<Existence> {
    const { callout, now, log } = this.#options;
    const answer = await callout(recipient, deliver);
    const fields = { recipient: formatAddress(recipient), host: formatHosts(deliver.via) };
    if (answer.kind === "unsure") {
      log.warn({ event: "recipient-unsure", ...fields, said: answer.why }, "cannot ask the host");
      return answer;
    }
    const { kind, said } = answer;
    log.info({ event: "recipient-asked", ...fields, exists: kind === "exists", said }, kind);
    const known = { key: mailboxKey(recipient), exists: kind === "exists", said, askedAt: now() };
    await this.#keep(known);
    return { kind };
  }

  /** An answer that is not kept is still an answer. */
  async #keep(known: KnownRecipient): Promise<void> {
    const { store, log } = this.#options;
    try {
      await store.keep(known);
      if (!known.exists && ++this.#newNobodies >= mostNewNobodies) await this.#prune();
    } catch (error) {
      log.warn({ event: "recipient-not-kept", error }, "what a host said will be asked again");
    }
  }

  async #prune(): Promise<void> {
    const { store, now, log } = this.#options;
    this.#newNobodies = 0;
    try {
      await store.dropBefore(worthlessBefore(now()));
      await store.dropNobodiesBeyond(mostNobodies);
    } catch (error) {
      log.warn({ event: "recipients-not-pruned", error }, "old words of hosts stay for now");
    }
  }
}

function existence({ exists }: KnownRecipient): Existence {
  return { kind: exists ? "exists" : "nobody" };
}
