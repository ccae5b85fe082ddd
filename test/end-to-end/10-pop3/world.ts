// A server with users who read their mail by POP3: in the clear with STLS, under TLS from the first
// octet, and from this machine without TLS.

import assert from "node:assert/strict";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "../../support/cleanup.ts";
import { openPop3, type Pop3Client } from "../../support/pop3-client.ts";
import { type Endpoint, startBailiwick, type TestServer } from "../../support/server.ts";

export const user = "alice@example.org";
export const password = "open sesame";

export type ListenerName = "mx" | "submission" | "pop3" | "pop3s" | "local";

export interface World {
  readonly server: TestServer;
  readonly at: (listener: ListenerName) => Endpoint;
  /** Puts messages into the user's mailbox, as they are, in their order. */
  readonly put: (...messages: readonly (string | Uint8Array)[]) => Promise<void>;
  /** Files of the user's messages, wherever they lie. */
  readonly files: () => Promise<readonly string[]>;
  /** Logs in on `local` (the default) or `pop3s`. */
  readonly enter: (listener?: "local" | "pop3s", from?: string) => Promise<Pop3Client>;
}

type Section = Readonly<Record<string, unknown>>;

export function configurationWith(more: Section = {}): Section {
  const listen = ["127.0.0.1:0"];
  return {
    listeners: {
      mx: { role: "mx", listen },
      submission: { role: "submission", listen },
      pop3: { role: "pop3", listen },
      pop3s: { role: "pop3", listen, tls: "implicit" },
      local: { role: "pop3", listen, "login-in-clear": "loopback" },
    },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: "127.0.0.1:1" }],
    ...more,
  };
}

export async function startWorld(cleanup: Cleanup, more: Section = {}): Promise<World> {
  const server = await startBailiwick(cleanup, { configuration: configurationWith(more) });
  const secret = join(server.folder, "secret");
  await writeFile(secret, `${password}\n`);
  const added = await server.run("account", "add", user, "--password-file", secret);
  assert.equal(added.code, 0, added.stderr);
  const at = (listener: ListenerName): Endpoint =>
    server.listeners.find(({ name }) => name === listener) ?? assert.fail(listener);
  const folder = join(server.dataFolder, "mail", "example.org", "alice");
  let count = 0;
  return {
    server,
    at,
    async put(...messages) {
      for (const name of ["tmp", "new", "cur"]) {
        await mkdir(join(folder, name), { recursive: true });
      }
      for (const message of messages) {
        const name = `${1_000_000_000 + ++count}.M1P1.test`;
        await writeFile(join(folder, "tmp", name), message);
        await rename(join(folder, "tmp", name), join(folder, "new", name));
      }
    },
    async files() {
      const lists = ["new", "cur"].map(async (name) => {
        const names = await readdir(join(folder, name)).catch(() => []);
        return names.map((file) => join(folder, name, file));
      });
      return (await Promise.all(lists)).flat();
    },
    async enter(listener = "local", from) {
      const client = await openPop3(at(listener), {
        tls: listener === "pop3s",
        ...(from !== undefined && { from }),
      });
      const said = await client.logIn(user, password);
      assert.match(said, /^\+OK /);
      return client;
    },
  };
}
