// What has to be known of the server before it is trusted with mail, and what the operator should
// know of it.

import type { Session } from "./session.ts";

export interface ServerFacts {
  /** Compares octet by octet, trailing spaces included. */
  readonly collation: string;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** A chunk of a message and what surrounds it, with room to spare. */
const smallestPacket = 1024 * 1024;

const query = `SELECT @@global.version AS version,
  @@global.innodb_flush_log_at_trx_commit AS flush,
  @@global.log_bin AS has_log, @@global.sync_binlog AS sync_log,
  @@global.max_allowed_packet AS packet`;

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const [row = {}] = await session.command(query);
  const { version, flush, has_log: hasLog, sync_log: syncLog, packet } = row;
  const warnings: string[] = [];
  if (Number(flush) !== 1) {
    warnings.push(
      `innodb_flush_log_at_trx_commit is ${String(flush)}: mail that was acknowledged is lost when the server's machine fails; set it to 1`,
    );
  }
  if (Number(hasLog) === 1 && Number(syncLog) !== 1) {
    warnings.push(
      `the binary log is on and sync_binlog is ${String(syncLog)}: when the server's machine fails, mail that was acknowledged is undone with what that log lacks; set it to 1`,
    );
  }
  if (Number(packet) < smallestPacket) {
    warnings.push(
      `max_allowed_packet is ${String(packet)}: parts of messages are larger; set it to 16M`,
    );
  }
  const isMariaDb = String(version).includes("MariaDB");
  return { collation: isMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin", warnings };
}
