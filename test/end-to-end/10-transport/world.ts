// A server that hands all mail to one host, and certificates by an authority that it is told to trust.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Protection } from "../../../src/core/smtp/client/protection.ts";
import { makeAuthority } from "../../support/certificates.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import {
  type LogEntry,
  startBailiwick,
  temporaryFolder,
  type TestServer,
} from "../../support/server.ts";
import { sendLetter } from "../../support/smtp-client.ts";
import type { SinkTls } from "../../support/sink.ts";

export const authority = makeAuthority("Test Authority");

/** For `localhost`, by the name that the routes of these tests use. */
export const certified: SinkTls = authority.issue({ names: ["localhost"] });

export const sender = "alice@example.org";

/** A host that mail is handed to. */
export interface NextHost {
  readonly port: number;
  /** Keys of the route beside `to` and `via`; `AUTHORITIES` stands for the path of the test's own. */
  readonly route?: Readonly<Record<string, unknown>>;
  /** `localhost` by default. */
  readonly host?: string;
}

export interface Relay {
  readonly server: TestServer;
  /** A message from `sender` to `bob@DOMAIN`. */
  readonly send: (domain?: string, content?: string) => Promise<void>;
  /** So many attempts for `bob@DOMAIN`, or more. */
  readonly attempts: (count?: number, domain?: string) => Promise<readonly Attempt[]>;
}

export interface Attempt {
  readonly state: string;
  readonly said: string;
  readonly protection?: Protection;
}

const trusted = "AUTHORITIES";
/** Keys of a route to a host that `authority` vouches for. */
export const verified = { tls: "verified", authorities: trusted };

/** @param hosts by the domain whose mail they take; `*` for every domain.
 * @param more other keys of the configuration.
 * @param folder of a server before this one. */
export async function startRelay(
  t: Cleanup,
  hosts: Readonly<Record<string, NextHost>>,
  more: Readonly<Record<string, unknown>> = {},
  folder?: string,
): Promise<Relay> {
  const authorities = join(await temporaryFolder(t), "authorities.pem");
  await writeFile(authorities, authority.cert);
  const server = await startBailiwick(t, {
    ...(folder !== undefined && { folder }),
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      routes: Object.entries(hosts).map(([to, { host = "localhost", port, route }]) => ({
        to,
        via: `${host}:${port}`,
        ...route,
        ...(route?.["authorities"] === trusted && { authorities }),
      })),
      queue: { retry: ["1h"] },
      ...more,
    },
  });
  return {
    server,
    async send(domain = "elsewhere.example", content = "Subject: Hello\r\n\r\nHello.\r\n") {
      await sendLetter(server.address, { from: sender, to: [`bob@${domain}`], content });
    },
    async attempts(count = 1, domain = "elsewhere.example") {
      const isOne = ({ event, recipient }: LogEntry) =>
        event === "attempt" && recipient === `bob@${domain}`;
      await server.untilLogged(() => server.log.filter(isOne).length >= count);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the log's own words
      return server.log.filter(isOne) as unknown as readonly Attempt[];
    },
  };
}

/** `clear`, `verified` or `not verified`, and what else was said of it. */
export function protectedBy(attempt: Attempt | undefined): string {
  const { protection } = attempt ?? {};
  if (protection === undefined) return "nothing";
  if (protection.kind === "clear") return `clear: ${protection.why}`;
  return protection.verified ? "verified" : `not verified: ${protection.why ?? ""}`;
}
