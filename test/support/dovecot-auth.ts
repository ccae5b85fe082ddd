// Dovecot's authentication server alone, for Postfix to ask: one user, all mechanisms.

import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Workspace } from "../../bench/workspace.ts";
import { freePort } from "./free-port.ts";
import { waitUntil } from "./wait.ts";

/** Its port on loopback. */
export function startDovecotAuth(
  workspace: Workspace,
  user: string,
  password: string,
): Promise<number> {
  const mechanisms = "scram-sha-256 scram-sha-1 plain login";
  return start(workspace, mechanisms, (folder) => ({
    passwd: `${user}:{PLAIN}${password}\n`,
    passdb: `driver = passwd-file\n  args = ${folder}/passwd`,
  }));
}

/** The same for access tokens: `infoUrl` with a token behind it says as JSON whose it is (`sub`). */
export function startDovecotTokens(workspace: Workspace, infoUrl: string): Promise<number> {
  return start(workspace, "oauthbearer xoauth2", (folder) => ({
    passwd: `tokeninfo_url = ${infoUrl}\nusername_attribute = sub\n`,
    passdb: `driver = oauth2\n  mechanisms = oauthbearer xoauth2\n  args = ${folder}/passwd`,
  }));
}

interface Checking {
  /** Content of the file of that name. */
  readonly passwd: string;
  readonly passdb: string;
}

async function start(
  workspace: Workspace,
  mechanisms: string,
  checking: (folder: string) => Checking,
): Promise<number> {
  const folder = workspace.folder("dovecot");
  const port = await freePort();
  await mkdir(join(folder, "run"));
  const { passwd, passdb } = checking(folder);
  await writeFile(join(folder, "passwd"), passwd);
  const file = join(folder, "dovecot.conf");
  await writeFile(
    file,
    `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
protocols =
ssl = no
auth_mechanisms = ${mechanisms}
passdb {
  ${passdb}
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
