// The system's users, as `id` knows them: wherever they are kept (files, LDAP…), and Node itself has
// no call for it.

import { execFileSync } from "node:child_process";

export interface SystemUser {
  readonly userId: number;
  /** The primary group. */
  readonly groupId: number;
  /** All groups, the primary one among them. */
  readonly groupIds: readonly number[];
}

/** Looks a user up, and waits for the answer: for start-up alone. Throws, with what to do, where
 * there is no such user. */
export function findUser(name: string): SystemUser {
  const [userId] = askId("-u", name);
  const [groupId] = askId("-g", name);
  if (userId === undefined || groupId === undefined) throw new Error(`\`id ${name}\` said nothing`);
  return { userId, groupId, groupIds: askId("-G", name) };
}

function askId(what: "-u" | "-g" | "-G", name: string): readonly number[] {
  try {
    const env = { PATH: "/usr/bin:/bin" };
    const said = execFileSync("id", [what, "--", name], { env, encoding: "utf8", stdio: "pipe" });
    return said.trim().split(" ").map(Number);
  } catch (cause) {
    const create = `useradd --system --no-create-home --shell /usr/sbin/nologin ${name}`;
    const problem = `this machine has no user "${name}"; create it (${create}), or correct \`user:\``;
    throw new Error(problem, { cause });
  }
}
