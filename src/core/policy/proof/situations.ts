// All that a request may differ in beside the client's address, while nobody is logged in and no
// grant is given.

import { type Fact, known } from "../fact.ts";
import type {
  AccessVerdict,
  BlocklistVerdict,
  RecipientClass,
  RelayRequest,
  RelayRole,
  TlsState,
} from "../request.ts";
import type { IpAddress } from "../../mail/ip.ts";

export interface Situation {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly blocklist: Fact<BlocklistVerdict>;
  /** The empty reverse-path of notices, or an address: nothing else of a sender counts. */
  readonly sender: "empty" | "address";
  readonly recipient: Fact<RecipientClass>;
}

export const roles: readonly RelayRole[] = ["mx", "submission"];
const tlsStates: readonly TlsState[] = ["up", "optional", "required"];
const blocklists: readonly Fact<BlocklistVerdict>[] = [
  known({ listed: false }),
  known({ listed: true, list: "a blocklist" }),
];
const foreign = known({ kind: "foreign" } as const);
const senders = ["empty", "address"] as const;

/** Every situation of a role in which mail would be relayed, if it were accepted. */
export function foreignSituations(role: RelayRole): readonly Situation[] {
  return tlsStates.flatMap((tls) =>
    blocklists.flatMap((blocklist) =>
      senders.map((sender) => ({ role, tls, blocklist, sender, recipient: foreign })),
    ),
  );
}

// There may be millions of parts: what is the same for all is made once.
const someone = { local: "someone", domain: "sender.invalid" };
const addressee = { local: "someone", domain: "recipient.invalid" };
const noLimit = known(undefined);
const noGrant = known({ kind: "none" } as const);

/** A request of a stranger in this situation. */
export function requestIn(
  { role, tls, blocklist, sender, recipient }: Situation,
  client: IpAddress,
  access: Fact<AccessVerdict>,
): RelayRequest {
  return {
    role,
    tls,
    client,
    sender: sender === "empty" ? null : someone,
    recipient: addressee,
    facts: { access, login: undefined, blocklist, limit: noLimit, recipient, grant: noGrant },
  };
}
