// What has to be known of the server before it is trusted with mail, and what the operator should
// know of it.

import type { Step } from "../engine.ts";
import type { Session } from "./session.ts";

export interface ServerFacts {
  /** Compares octet by octet, trailing spaces included. */
  readonly collation: string;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** A chunk of a message and what surrounds it, with room to spare. */
const smallestPacket = 1024 * 1024;

const query: Step<ServerRow> = {
  sql: `select @@global.version as version,
    @@global.innodb_flush_log_at_trx_commit as flush,
    @@global.log_bin as has_log, @@global.sync_binlog as sync_log,
    @@global.max_allowed_packet as packet`,
  parameters: [],
};

interface ServerRow {
  readonly version: string;
  readonly flush: number;
  readonly has_log: number;
  readonly sync_log: number;
  readonly packet: number;
}

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const {
    rows: [row],
  } = await session.execute(query);
  if (row === undefined) throw new Error("the server does not say how it is set up");
  const { version, flush, has_log: hasLog, sync_log: syncLog, packet } = row;
  const warnings: string[] = [];
  if (flush !== 1) {
    warnings.push(
      `innodb_flush_log_at_trx_commit is ${flush}: mail that was acknowledged is lost when the server's machine fails; set it to 1`,
    );
  }
  if (hasLog === 1 && syncLog !== 1) {
    warnings.push(
      `the binary log is on and sync_binlog is ${syncLog}: when the server's machine fails, mail that was acknowledged is undone with what that log lacks; set it to 1`,
    );
  }
  if (packet < smallestPacket) {
    warnings.push(`max_allowed_packet is ${packet}: parts of messages are larger; set it to 16M`);
  }
  const isMariaDb = version.includes("MariaDB");
  return { collation: isMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin", warnings };
}
