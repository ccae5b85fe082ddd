// Who is the program, and who will it be?

import { type Finding, ok, warning, problem } from "./finding.ts";

export interface UserFacts {
  /** The one that the configuration names. */
  readonly user: string | undefined;
  readonly isRoot: boolean;
  /** Why that user cannot be used, with what to do; undefined where he can. */
  readonly trouble: string | undefined;
}

export function judgeUser({ user, isRoot, trouble }: UserFacts): readonly Finding[] {
  if (trouble !== undefined) {
    return [problem(trouble, { why: "the server does not start without its user" })];
  }
  if (user !== undefined) {
    const who = `the server works as the user ${user}`;
    return [ok(isRoot ? who : `${who} where root starts it; this command is not root`)];
  }
  if (!isRoot) {
    return [
      ok(
        "this user is not root: ports below 1024 are closed to it, and it does not see whose ports are taken",
      ),
    ];
  }
  return [
    warning("the configuration names no user, so the server would go on as root", {
      why: "a fault in it would open the whole machine",
      remedy:
        "run: useradd --system --no-create-home --shell /usr/sbin/nologin bailiwick; " +
        "then write `user: bailiwick`, and give it what is there already (chown -R of the data folder)",
    }),
  ];
}
