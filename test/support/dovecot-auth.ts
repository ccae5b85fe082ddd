// Dovecot's authentication server alone, for Postfix to ask: one user, all mechanisms.

import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Workspace } from "../../bench/workspace.ts";
import { freePort } from "./free-port.ts";
import { waitUntil } from "./wait.ts";

/** Its port on loopback. */
export async function startDovecotAuth(
  workspace: Workspace,
  user: string,
  password: string,
): Promise<number> {
  const folder = workspace.folder("dovecot");
  const port = await freePort();
  await mkdir(join(folder, "run"));
  await writeFile(join(folder, "passwd"), `${user}:{PLAIN}${password}\n`);
  const file = join(folder, "dovecot.conf");
  await writeFile(
    file,
    `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
protocols =
ssl = no
auth_mechanisms = scram-sha-256 scram-sha-1 plain login
passdb {
  driver = passwd-file
  args = ${folder}/passwd
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${port}
  }
}
`,
  );
  workspace.spawn({ command: "dovecot", args: ["-F", "-c", file] });
  await waitUntil("Dovecot answers", () => answers(port));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
