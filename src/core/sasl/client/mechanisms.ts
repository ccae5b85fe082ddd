// Which of a server's mechanisms the client uses.

import type { ChannelBindings } from "../context.ts";
import type { ClientMechanism } from "./mechanism.ts";
import { login, plain } from "./password.ts";
import { oauthBearer, xoauth2 } from "./token.ts";
import { scramSha1, scramSha256, scramSha256Plus } from "./scram.ts";

/** Those first that say least of the password to whoever should not hear it. */
const preferred: readonly ClientMechanism[] = [
  scramSha256Plus,
  scramSha256,
  scramSha1,
  plain,
  login,
  oauthBearer,
  xoauth2,
];

/** Those that both know, the best first.
 * @param offered names in capitals.
 * @param source what they are to show; absent: a password. */
export function chooseMechanisms(
  offered: readonly string[],
  channelBindings: ChannelBindings,
  source?: ClientMechanism["source"],
): readonly ClientMechanism[] {
  const canBind = Object.keys(channelBindings).length > 0;
  return preferred.filter(
    (mechanism) =>
      mechanism.source === source &&
      offered.includes(mechanism.name) &&
      (canBind || !mechanism.name.endsWith("-PLUS")),
  );
}
