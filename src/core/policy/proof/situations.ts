// All that a request may differ in beside the client's address, while nobody is logged in and no
// grant is given.

import { known } from "../fact.ts";
import type {
  AccessVerdict,
  BlocklistVerdict,
  RecipientClass,
  RelayRequest,
  RelayRole,
  TlsState,
} from "../request.ts";
import type { Fact } from "../fact.ts";
import type { IpAddress } from "../../mail/ip.ts";

export interface Situation {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly blocklist: BlocklistVerdict;
  /** The empty reverse-path of notices, or an address: nothing else of a sender counts. */
  readonly sender: "empty" | "address";
  readonly recipient: RecipientClass;
}

export const roles: readonly RelayRole[] = ["mx", "submission"];
const tlsStates: readonly TlsState[] = ["up", "optional", "required"];
const blocklists: readonly BlocklistVerdict[] = [
  { listed: false },
  { listed: true, list: "a blocklist" },
];
const senders = ["empty", "address"] as const;

/** Every situation of a role in which mail would be relayed, if it were accepted. */
export function foreignSituations(role: RelayRole): readonly Situation[] {
  return tlsStates.flatMap((tls) =>
    blocklists.flatMap((blocklist) =>
      senders.map((sender) => ({ role, tls, blocklist, sender, recipient: { kind: "foreign" } })),
    ),
  );
}

/** A request of a stranger in this situation. */
export function requestIn(
  situation: Situation,
  client: IpAddress,
  access: Fact<AccessVerdict>,
): RelayRequest {
  const { role, tls, blocklist, sender, recipient } = situation;
  return {
    role,
    tls,
    client,
    sender: sender === "empty" ? null : { local: "someone", domain: "sender.invalid" },
    recipient: { local: "someone", domain: "recipient.invalid" },
    facts: {
      access,
      login: undefined,
      blocklist: known(blocklist),
      limit: known(undefined),
      recipient: known(recipient),
      grant: known({ kind: "none" }),
    },
  };
}
