// The table of mechanisms, and which of them a client is offered.

import type { ChannelBindings } from "./context.ts";
import type { CredentialSource, Mechanism } from "./mechanism.ts";
import { cramMd5 } from "./mechanisms/cram-md5.ts";
import { external } from "./mechanisms/external.ts";
import { login } from "./mechanisms/login.ts";
import { oauthBearer } from "./mechanisms/oauthbearer.ts";
import { plain } from "./mechanisms/plain.ts";
import { scramSha1, scramSha256, scramSha256Plus } from "./mechanisms/scram.ts";
import { xoauth2 } from "./mechanisms/xoauth2.ts";

/** The strongest first: some clients take the first that they know. */
const all: readonly Mechanism[] = [
  external,
  scramSha256Plus,
  scramSha256,
  scramSha1,
  oauthBearer,
  xoauth2,
  plain,
  login,
  cramMd5,
];

/** A Map, so that a name such as `constructor` finds nothing. Names are in capitals. */
export const mechanisms: ReadonlyMap<string, Mechanism> = new Map(
  all.map((mechanism) => [mechanism.name, mechanism]),
);

/** Of one connection, and of the accounts behind it. */
export interface Offer {
  /** What some account store can do. */
  readonly sources: ReadonlySet<CredentialSource>;
  /** TLS is up, or this client may log in without it. No mechanism is offered otherwise: SCRAM would
   * hide the password in the clear, and all that follows could be read and changed nevertheless. */
  readonly mayLogIn: boolean;
  readonly channelBindings: ChannelBindings;
  readonly hasCertificate: boolean;
}

export function offeredMechanisms(offer: Offer): readonly Mechanism[] {
  if (!offer.mayLogIn) return [];
  return all.filter(
    ({ source, connection }) => offer.sources.has(source) && isMet(connection, offer),
  );
}

function isMet(connection: Mechanism["connection"], offer: Offer): boolean {
  switch (connection) {
    case "any":
      return true;
    case "channel-binding":
      return Object.keys(offer.channelBindings).length > 0;
    case "client-certificate":
      return offer.hasCertificate;
  }
}
