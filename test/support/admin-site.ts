// What an admin listener answers, on a port of its own, with a desk that only takes notes.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { GrantSource } from "../../src/core/grants/mailbox-login.ts";
import { formatIp, parseIp } from "../../src/core/mail/ip.ts";
import { HttpServer } from "../../src/io/http/server.ts";
import { systemClock } from "../../src/io/process/clock.ts";
import { createAdminApp } from "../../src/server/admin/http/app.ts";
import { SharedSecret } from "../../src/server/admin/http/shared-secret.ts";
import type { GrantDesk, Opened } from "../../src/server/grants/grants.ts";
import { createToldLogins } from "../../src/server/grants/told-logins.ts";
import { ToldSessions, type ToldSessionsOptions } from "../../src/server/grants/told-sessions.ts";
import { createRareLog } from "../../src/server/rare-log.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Endpoint } from "./server.ts";

export const secret = "0123456789abcdef0123456789abcdef";

export interface Note {
  readonly what: "opened" | "closed";
  readonly account?: string | undefined;
  readonly client?: string;
  readonly session?: string;
  readonly software?: string;
  readonly source: GrantSource;
  readonly at: number;
}

export interface AdminSite extends Endpoint {
  readonly notes: readonly Note[];
  /** Lines of the log. */
  readonly warnings: readonly object[];
  readonly errors: readonly unknown[];
  /** Sends JSON with the secret; resolves with the status and what was answered. */
  post(path: string, value: unknown, headers?: object): Promise<readonly [number, unknown]>;
}

export interface SiteOptions {
  /** What the desk says. */
  readonly answer?: Opened;
  readonly bounds?: ToldSessionsOptions["bounds"];
  readonly defaultDomain?: string;
  /** No server may tell of logins. */
  readonly isClosed?: boolean;
  readonly askStore?: () => Promise<unknown>;
}

export async function startAdminSite(
  cleanup: Cleanup,
  options: SiteOptions = {},
): Promise<AdminSite> {
  const { answer = { granted: true }, bounds = {}, defaultDomain, isClosed = false } = options;
  const notes: Note[] = [];
  const warnings: object[] = [];
  const errors: unknown[] = [];
  const desk: GrantDesk = {
    async opened({ client, ...login }) {
      notes.push({ what: "opened", client: formatIp(client), ...login });
      return answer;
    },
    async closed(logout) {
      notes.push({ what: "closed", ...logout });
      return notes.some(({ what, session }) => what === "opened" && session === logout.session);
    },
  };
  const clock = systemClock;
  const log = { info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
  const sessionsOf = (source: GrantSource, settle: number) => {
    const sessions = new ToldSessions({ source, desk, clock, bounds: { settle, ...bounds } });
    cleanup.after(async () => sessions.close());
    return createToldLogins(sessions, defaultDomain);
  };
  const [fromDovecot, fromOthers] = [sessionsOf("dovecot", 500), sessionsOf("http", 0)];
  const door = { secret: new SharedSecret(secret), fromDovecot, fromOthers };
  const http = new HttpServer({
    handle: createAdminApp({
      hosts: () => ["mail.example.org"],
      // None of what this site has is closed.
      gate: async (_, access) =>
        access === "open" ? undefined : new Response(null, { status: 500 }),
      routes: [],
      health: { askStore: options.askStore ?? (async () => {}) },
      roaming: {
        door: () => (isClosed ? undefined : door),
        warn: createRareLog(log, clock.elapsed),
      },
    }),
    onError: (error) => errors.push(error),
    elapsed: clock.elapsed,
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const peer = parseIp(socket.remoteAddress ?? "");
    if (peer === undefined) socket.destroy();
    else connections.add(http.serve(socket, peer));
  });
  const connections = new Set<{ shutdown(): void }>();
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanup.after(async () => {
    server.close();
    for (const connection of connections) connection.shutdown();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    notes,
    warnings,
    errors,
    async post(path, value, headers = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${secret}`,
          "content-type": "application/json",
          ...headers,
        },
        body: typeof value === "string" ? value : JSON.stringify(value),
      });
      return [response.status, await response.json()];
    },
  };
}
