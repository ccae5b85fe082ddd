// A server whose mail goes to hosts of which each has its own way to fail, and what the server's log
// says of its attempts.

import type { TestContext } from "node:test";
import { addAccounts } from "../../support/mailbox.ts";
import { startBailiwick, type TestServer } from "../../support/server.ts";
import { type Sink, type SinkOptions, startSink } from "../../support/sink.ts";

/** Has a mailbox on the server. */
export const sender = "alice@example.org";

export const content = "From: <alice@example.org>\r\nSubject: Hello\r\n\r\nHello.\r\n.\r\n";

export interface World {
  readonly server: TestServer;
  /** The host that takes the mail for the domain `NAME.example`. */
  readonly host: (name: string) => Sink;
}

/** @param hosts by name; mail for `NAME.example` goes to the host of that name. */
export async function startWorld(
  t: TestContext,
  hosts: Readonly<Record<string, SinkOptions>>,
  queue: Readonly<Record<string, unknown>>,
): Promise<World> {
  const sinks = new Map<string, Sink>();
  for (const [name, options] of Object.entries(hosts)) {
    sinks.set(name, await startSink(t, options));
  }
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: [
        ...[...sinks].map(([name, sink]) => ({ to: `${name}.example`, via: sink.name })),
        { to: "*", via: "no-such-host.invalid" },
      ],
      queue,
    },
  });
  await addAccounts(server, sender);
  return {
    server,
    host(name) {
      const sink = sinks.get(name);
      if (sink === undefined) throw new Error(`no host ${name}`);
      return sink;
    },
  };
}

interface Attempt {
  readonly state: string;
  readonly said: string;
  /** UTC milliseconds. */
  readonly time: number;
}

/** All attempts for a recipient, once the last one has come to `end`. */
export async function attemptsFor(
  server: TestServer,
  recipient: string,
  end: "delivered" | "failed" = "delivered",
): Promise<readonly Attempt[]> {
  const isMine = (entry: TestServer["log"][number]) =>
    entry.event === "attempt" && entry["recipient"] === recipient;
  await server.untilLogged((entry) => isMine(entry) && entry["state"] === end);
  return server.log.filter(isMine).map(({ state, said, time }) => ({
    state: String(state),
    said: String(said),
    time: Number(time),
  }));
}
