// What the tests of connections share: a server with one connection at a time, a clock that is moved
// by hand, and a mailbox that tells what was done to it.

import { createServer, type Socket } from "node:net";
import type { Cleanup } from "../../../test/support/cleanup.ts";
import { openPop3, type Pop3Client } from "../../../test/support/pop3-client.ts";
import { saslServer } from "../../../test/support/sasl.ts";
import type { MailboxLogin, MailboxLogout } from "../../core/grants/mailbox-login.ts";
import { Watchers } from "../watching/watchers.ts";
import { TlsCounts } from "../metrics/counters.ts";
import type { OpenedMailbox } from "../../io/maildir/mailboxes.ts";
import type { OpenMailbox } from "../../io/maildir/open-mailbox.ts";
import type { Checked } from "../logins/logins.ts";
import { Connection } from "./connection.ts";

export interface Bench {
  /** A client that has read the greeting. */
  connect(): Promise<Pop3Client>;
  /** Moves the clock, and lets what is due expire. */
  pass(milliseconds: number): void;
  /** The account's logins have gone bad. */
  endOf(account: string): void;
  /** What was done, in order: `opened`, `removed 1 2`, `closed`, `granted alice@example.org`, `ended`,
   * `over`. */
  readonly done: readonly string[];
  readonly logged: readonly string[];
  /** The server's end of the latest connection. */
  readonly socket: () => Socket;
}

export interface BenchOptions {
  readonly messages?: readonly string[];
  readonly open?: (mailbox: OpenMailbox) => Promise<OpenedMailbox>;
  readonly read?: OpenMailbox["read"];
  readonly noRelay?: boolean;
  /** What a good login waits for before it is told. */
  readonly concluding?: () => Promise<void>;
}

export const minute = 60_000;

export async function startBench(cleanup: Cleanup, options: BenchOptions = {}): Promise<Bench> {
  const { messages = ["one\n", "two\n"], noRelay = false, concluding } = options;
  const done: string[] = [];
  const logged: string[] = [];
  const connections = new Set<Connection>();
  let now = 0;
  let sessions = 0;
  let latest: Socket | undefined;
  const note = (text: string) => void done.push(text);
  const mailbox: OpenMailbox = {
    messages: messages.map((text, index) => ({ size: text.length + 1, uid: `u${index}` })),
    read: options.read ?? ((index) => only(Buffer.from(messages[index] ?? ""))),
    markSeen: (index) => note(`seen ${index + 1}`),
    async remove(indexes) {
      note(`removed ${indexes.map((index) => index + 1).join(" ")}`);
      return 0;
    },
    close: async () => note("closed"),
  };
  const open = async (): Promise<OpenedMailbox> => {
    const opened = (await options.open?.(mailbox)) ?? ({ kind: "opened", mailbox } as const);
    if (opened.kind === "opened") note("opened");
    return opened;
  };
  const log = (fields: object) => void logged.push(JSON.stringify(fields));
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    latest = socket;
    const connection: Connection = new Connection(
      socket,
      {
        session: `s${++sessions}`,
        listener: "pop3",
        client: { version: 4, octets: [127, 0, 0, 1] },
      },
      {
        policy: policyWith({ noRelay, ...(concluding !== undefined && { concluding }) }),
        mailboxes: { open },
        grants: {
          async opened({ account, session }: MailboxLogin) {
            note(`granted ${account} ${session}`);
            return { granted: true };
          },
          async closed({ session }: MailboxLogout) {
            note(`ended ${session}`);
            return true;
          },
        },
        tlsCounts: new TlsCounts(),
        watchers: new Watchers(() => now),
        now: () => now,
        elapsed: () => now,
        log: { info: log, warn: log, error: log },
        onOver() {
          connections.delete(connection);
          note("over");
        },
      },
    );
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.after(async () => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const endpoint = { host: "127.0.0.1", port: address.port };
  return {
    done,
    logged,
    socket() {
      if (latest === undefined) throw new Error("nobody has connected");
      return latest;
    },
    async connect() {
      const client = await openPop3(endpoint);
      cleanup.after(async () => client.destroy());
      return client;
    },
    endOf(account) {
      for (const connection of connections) connection.endOf(account);
    },
    pass(milliseconds) {
      now += milliseconds;
      for (const connection of connections) {
        if (connection.deadline <= now) connection.expire();
      }
    },
  };
}

/** Everybody's password is `secret`. */
function policyWith({
  noRelay,
  concluding = async () => {},
}: Pick<BenchOptions, "concluding"> & { readonly noRelay: boolean }) {
  return {
    session: {
      hostname: "mail.example.org",
      maxErrors: 10,
      maxIdleCommands: 100,
      startTls: false,
      auth: {
        sasl: saslServer(""),
        sources: new Set(["password"] as const),
        allowedInClear: true,
        maxRefusedLogins: 5,
      },
    },
    tls: undefined,
    logins: {
      sasl: saslServer(""),
      sources: new Set(["password"] as const),
      turnsAway: () => false,
      async check(question): Promise<Checked> {
        const isGood = question.kind === "password" && question.password.sent === "secret";
        if (!isGood) return { answer: { kind: "rejected" } };
        return { answer: { kind: "account", account: question.user }, noRelay };
      },
      async conclude({ outcome }) {
        await concluding();
        return outcome.kind === "success" ? "good" : "refused";
      },
    },
    noRelay: false,
    loginTime: 5 * minute,
    idleTime: 10 * minute,
  } satisfies ConstructorParameters<typeof Connection>[2]["policy"];
}

async function* only(octets: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield octets;
}
