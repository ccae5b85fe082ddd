// Who runs this program, for the audit log.

import { userInfo } from "node:os";

/** `root (ann)` where sudo says who became root. */
export function userName(): string {
  const sudoer = process.env["SUDO_USER"];
  const name = ownName();
  return sudoer === undefined || sudoer === name ? name : `${name} (${sudoer})`;
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // The system's list of users does not have it, as in containers.
    return `user ${process.getuid?.() ?? "?"}`;
  }
}
