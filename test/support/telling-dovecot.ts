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
  const dovecot = await startDovecot(cleanup, {
    users,
    extra: [
      proxied("imap", imapPort),
      proxied("pop3", pop3Port),
      "haproxy_trusted_networks = 127.0.0.0/8",
      by.includes("policy") ? await asInManual("auth_policy_server_url", { admin, secret }) : "",
      by.includes("events") ? await asInManual("event_exporter", { admin, secret }) : "",
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

/** The manual's words for it, with the secret and our address in their places. */
async function asInManual(
  beginning: "event_exporter" | "auth_policy_server_url",
  { admin, secret }: Pick<TellingOptions, "admin" | "secret">,
): Promise<string> {
  const manual = await readFile(new URL("../../docs/roaming.md", import.meta.url), "utf8");
  // Of two exporters, the first is for the version that is tried here.
  const [, block] = new RegExp(`\n\`\`\`\n(${beginning} [^]*?)\`\`\`\n`).exec(manual) ?? [];
  if (block === undefined) throw new Error(`docs/roaming.md says nothing of ${beginning}`);
  return block
    .replaceAll("SECRET", secret)
    .replaceAll("127.0.0.1:8025", `${admin.host}:${admin.port}`);
}
