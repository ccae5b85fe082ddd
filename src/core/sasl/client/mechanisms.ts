// Which of a server's mechanisms the client uses.

import type { ChannelBindings } from "../context.ts";
import type { ClientMechanism } from "./mechanism.ts";
import { login, plain } from "./password.ts";
import { scramSha1, scramSha256, scramSha256Plus } from "./scram.ts";

/** Those first that say least of the password to whoever should not hear it. */
const preferred: readonly ClientMechanism[] = [
  scramSha256Plus,
  scramSha256,
  scramSha1,
  plain,
  login,
];

/** Those that both know, the best first.
 * @param offered names in capitals. */
export function chooseMechanisms(
  offered: readonly string[],
  channelBindings: ChannelBindings,
): readonly ClientMechanism[] {
  const canBind = Object.keys(channelBindings).length > 0;
  return preferred.filter(
    ({ name }) => offered.includes(name) && (canBind || !name.endsWith("-PLUS")),
  );
}
