// A server with users who read their mail by POP3: in the clear with STLS, under TLS from the first
// octet, and from this machine without TLS. Tests share one where they can: each has a user of its own.

import assert from "node:assert/strict";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callServer } from "../../../src/io/control/client.ts";
import { makeCredentials } from "../../../src/io/password/credentials.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { openPop3, type Pop3Client } from "../../support/pop3-client.ts";
import { behindProxy } from "../../support/proxied.ts";
import {
  type Endpoint,
  type LogEntry,
  startBailiwick,
  type TestServer,
} from "../../support/server.ts";

export const password = "open sesame";

/** Everybody's. */
const credentials = await makeCredentials(password);

/** `-anywhere`: clients come from any address, as a proxy tells it. */
export type ListenerName =
  | "mx"
  | "submission"
  | "pop3"
  | "pop3s"
  | "local"
  | "mx-anywhere"
  | "pop3-anywhere";

export interface World {
  readonly server: TestServer;
  readonly at: (listener: ListenerName) => Endpoint;
  readonly addUser: () => Promise<User>;
}

export interface User {
  readonly address: string;
  /** The mailbox. */
  readonly folder: string;
  /** Puts messages into it, as they are, in their order. */
  readonly put: (...messages: readonly (string | Uint8Array)[]) => Promise<void>;
  /** Files of the messages, wherever they lie. */
  readonly files: () => Promise<readonly string[]>;
  /** Logs in on `local` (the default) or `pop3s`. */
  readonly enter: (listener?: "local" | "pop3s", from?: string) => Promise<Pop3Client>;
  /** The same, with the reply, whatever it is. */
  readonly tryToEnter: () => Promise<{ readonly client: Pop3Client; readonly said: string }>;
  /** Waits for an entry of the log about the user. */
  readonly untilLogged: (event: string) => Promise<LogEntry>;
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
      "mx-anywhere": { role: "mx", ...behindProxy },
      "pop3-anywhere": { role: "pop3", ...behindProxy },
    },
    domains: { "example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: "127.0.0.1:1" }],
    ...more,
  };
}

export async function startWorld(cleanup: Cleanup, more: Section = {}): Promise<World> {
  const server = await startBailiwick(cleanup, { configuration: configurationWith(more) });
  const at = (listener: ListenerName): Endpoint =>
    server.listeners.find(({ name }) => name === listener) ?? assert.fail(listener);
  let users = 0;
  return {
    server,
    at,
    async addUser() {
      const local = `user-${++users}`;
      assert.ok(credentials.ok);
      const address = { local, domain: "example.org" };
      const call = { call: "accountAdd", arguments: [address, credentials.value] };
      const reply = await callServer(join(server.dataFolder, "control.sock"), call);
      assert.equal(reply?.ok, true, JSON.stringify(reply));
      return userOf({ server, at }, local);
    },
  };
}

function userOf({ server, at }: Pick<World, "server" | "at">, local: string): User {
  const address = `${local}@example.org`;
  const folder = join(server.dataFolder, "mail", "example.org", local);
  let count = 0;
  return {
    address,
    folder,
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
      assert.match(await client.logIn(address, password), /^\+OK /);
      return client;
    },
    async tryToEnter() {
      const client = await openPop3(at("local"));
      return { client, said: await client.logIn(address, password) };
    },
    untilLogged: (event) =>
      server.untilLogged((entry) => {
        const named = entry["account"] ?? entry["user"];
        return entry.event === event && named === address;
      }),
  };
}
