// Signs what those send who may relay here, where it is from a domain of ours that has keys. Strangers'
// mail is never signed, whatever it says that it is from.

import type { Domain } from "../../core/mail/domain.ts";
import { messageReplies } from "../../core/smtp/server/message-replies.ts";
import { createSigner, type Signer } from "../../io/dkim/signer.ts";
import type { ArrivingMessage, Inspection, Inspector, Verdict } from "../smtpd/inspection.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface SigningOptions {
  readonly keys: Pick<SigningKeys, "isEmpty" | "of">;
  readonly isOurs: (domain: Domain) => boolean;
  /** UTC milliseconds. */
  readonly now: () => number;
}

/** Milliseconds for two signatures, which take one. */
const patience = 30_000;

export function createSigning({ keys, isOurs, now }: SigningOptions): Inspection {
  return {
    name: "dkim",
    begin(message) {
      if (keys.isEmpty || !isToBeSigned(message, isOurs)) return undefined;
      const keysOf = (domain: Domain) =>
        isOurs(domain) && maySignFor(domain, message) ? keys.of(domain) : noKeys;
      return asInspector(createSigner({ keysOf, now }));
    },
  };
}

const noKeys = { ok: true, value: [] } as const;

/** Without a login there must be something that goes out, past all domains of ours: a filter in front of
 * us, which is trusted, also brings strangers' mail for those, be it into mailboxes or to be handed on. */
function isToBeSigned(
  { mayRelay, transaction }: ArrivingMessage,
  isOurs: SigningOptions["isOurs"],
): boolean {
  const { login, recipients } = transaction;
  if (!mayRelay || login !== undefined) return mayRelay;
  return recipients.some(({ kind, address }) => kind === "relay" && !isOurs(address.domain));
}

/** A grant is for its account's own senders: it gives no right to the names of other domains here. */
function maySignFor(domain: Domain, { isGranted, transaction }: ArrivingMessage): boolean {
  return !isGranted || transaction.sender?.domain === domain;
}

function withoutVerdict(why: string): Verdict {
  return { kind: "refuse", why, reply: messageReplies.notSigned };
}

function asInspector(signer: Signer): Inspector {
  return {
    sees: "kept",
    take: (octets) => signer.take(octets),
    isFull: false,
    patience,
    async judge() {
      const fields = await signer.finish();
      return fields.ok ? { kind: "pass", fields: fields.value } : withoutVerdict(fields.problem);
    },
    withoutVerdict,
    abandon() {},
  };
}
