// Debian's fetchmail, which fetches one user's mail by POP3 into a file.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { runCommand } from "./command.ts";
import { type CommandResult, type Endpoint, temporaryFolder } from "./server.ts";

export interface FetchmailOptions {
  readonly server: Endpoint;
  readonly user: string;
  readonly password: string;
  /** TLS from the first octet, or by STLS; the certificate is not looked at. */
  readonly tls: "implicit" | "stls";
  /** Of the user, as in `fetchall no keep`. */
  readonly options: string;
}

export interface Fetchmail {
  /** Fetches what is there; its status is 1 where there is nothing. */
  readonly run: () => Promise<CommandResult>;
  /** All that it has fetched. */
  readonly read: () => Promise<string>;
}

export async function setUpFetchmail(
  cleanup: Cleanup,
  { server, user, password, tls, options }: FetchmailOptions,
): Promise<Fetchmail> {
  const folder = await temporaryFolder(cleanup);
  const out = join(folder, "out");
  const rc = join(folder, "fetchmailrc");
  const text = `
set no bouncemail
poll ${server.host} proto pop3 port ${server.port} uidl auth password
  user "${user}" there password "${password}" ${tls === "implicit" ? "ssl" : "sslproto 'TLS1.2+'"} no sslcertck
  ${options}
  mda "cat >> ${out}"
`;
  await writeFile(rc, text, { mode: 0o600 });
  const files = ["--pidfile", join(folder, "pid"), "-i", join(folder, "ids")];
  return {
    run: () => runCommand("fetchmail", ["-f", rc, "--nosyslog", ...files, "-v"]),
    read: () => readFile(out, "latin1").catch(() => ""),
  };
}
