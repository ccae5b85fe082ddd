// What a stopped server has left in its store.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StoreRemains {
  /** `ok`, or what SQLite has found. */
  readonly integrity: string;
  readonly messages: number;
  /** Parts of contents. */
  readonly chunks: number;
  /** Messages that had begun to arrive. */
  readonly arrivals: number;
}

export const nothingLeft: StoreRemains = { integrity: "ok", messages: 0, chunks: 0, arrivals: 0 };

export function inspectStore(dataFolder: string): StoreRemains {
  const database = new DatabaseSync(join(dataFolder, "store.db"), { readOnly: true });
  const count = (table: string) =>
    Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"]);
  try {
    return {
      integrity: String(database.prepare("PRAGMA integrity_check").get()?.["integrity_check"]),
      messages: count("message"),
      chunks: count("body"),
      arrivals: count("arrival"),
    };
  } finally {
    database.close();
  }
}
