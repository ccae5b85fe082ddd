// A Dovecot that tells of its logins as docs/roaming.md says, and lets its clients claim their
// addresses with the PROXY protocol.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { type Dovecot, startDovecot } from "./dovecot.ts";
import { freePort } from "./free-port.ts";
import type { Endpoint } from "./server.ts";

export interface TellingOptions {
  /** Where it tells. */
  readonly admin: Endpoint;
  readonly secret: string;
  readonly by: readonly ("policy" | "events")[];
  readonly users: Readonly<Record<string, string>>;
  /** More of dovecot.conf. */
  readonly extra?: string;
}

export interface TellingDovecot extends Dovecot {
  /** These take the PROXY protocol. */
  readonly proxiedImap: Endpoint;
  readonly proxiedPop3: Endpoint;
  /** Names of its processes, such as `imap`. */
  processes(): Promise<readonly string[]>;
  /** Kills all of its processes, which can tell nothing any more. */
  kill(): Promise<void>;
}

/** Idle IMAP sessions lose their process after a second. */
export const hibernation = `
imap_hibernate_timeout = 1s
service imap {
  unix_listener imap-master {
    mode = 0600
  }
}
service imap-hibernate {
  chroot =
  unix_listener imap-hibernate {
    mode = 0600
  }
}`;

export async function startTellingDovecot(
  cleanup: Cleanup,
  { admin, secret, by, users, extra = "" }: TellingOptions,
): Promise<TellingDovecot> {
  const [imapPort, pop3Port] = [await freePort(), await freePort()];
  const where = `${admin.host}:${admin.port}`;
  const dovecot = await startDovecot(cleanup, {
    users,
    extra: [
      proxied("imap", imapPort),
      proxied("pop3", pop3Port),
      "haproxy_trusted_networks = 127.0.0.0/8",
      by.includes("policy") ? policy(where, secret) : "",
      by.includes("events") ? events(where, secret) : "",
      extra,
    ].join("\n"),
  });
  const proxies = {
    proxiedImap: { host: "127.0.0.1", port: imapPort },
    proxiedPop3: { host: "127.0.0.1", port: pop3Port },
  };
  const master = async () => Number(await readFile(join(dovecot.folder, "run/master.pid"), "utf8"));
  return Object.assign(dovecot, proxies, {
    async processes() {
      const children = await childrenOf(await master());
      return Promise.all(
        children.map((pid) =>
          readFile(`/proc/${pid}/comm`, "utf8").then(
            (name) => name.trim(),
            () => "",
          ),
        ),
      );
    },
    async kill() {
      const pid = await master();
      // The master first: it would start others in their place.
      process.kill(pid, "SIGSTOP");
      for (const child of await childrenOf(pid)) process.kill(child, "SIGKILL");
      process.kill(pid, "SIGKILL");
    },
  });
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
}

function proxied(protocol: string, port: number): string {
  return `service ${protocol}-login {
  inet_listener ${protocol}_proxied {
    port = ${port}
    haproxy = yes
  }
}`;
}

function policy(where: string, secret: string): string {
  return `
auth_policy_server_url = http://${where}/roaming/dovecot/policy
auth_policy_server_api_header = Authorization: Bearer ${secret}
auth_policy_hash_nonce = 3bb1b8a1
auth_policy_check_before_auth = no
auth_policy_check_after_auth = no
auth_policy_report_after_auth = yes`;
}

function events(where: string, secret: string): string {
  return `
event_exporter bailiwick {
  format = json
  format_args = time-rfc3339
  transport = http-post
  transport_args = http://dovecot:${secret}@${where}/roaming/dovecot/events
  transport_timeout = 2 secs
}
metric bailiwick_login {
  exporter = bailiwick
  filter = event=auth_request_finished AND success=yes AND (service=imap OR service=pop3)
}
metric bailiwick_sign {
  exporter = bailiwick
  filter = (event=imap_command_finished AND (cmd_name=IDLE OR cmd_name=NOOP OR cmd_name=SELECT OR cmd_name=STATUS)) OR event=imap_client_hibernated OR event=imap_client_unhibernated
}
metric bailiwick_end {
  exporter = bailiwick
  filter = event=mail_user_session_finished AND (category=service:imap OR category=service:pop3)
}`;
}
