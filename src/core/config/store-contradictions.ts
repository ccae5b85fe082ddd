// Keys of the store that contradict each other.

import type { Contradiction } from "./contradictions.ts";
import type { ConfigurationFile } from "./schema/file.ts";

const passwordKeys = ["store-password-file", "store-password-variable"] as const;

/** The database's password comes from one place, and there is a database. */
export function findStoreContradictions(file: ConfigurationFile): readonly Contradiction[] {
  const [first, second] = passwordKeys.filter((key) => file[key] !== undefined);
  if (first === undefined) return [];
  const { store } = file;
  if (store.kind === "sqlite") {
    return [{ path: [first], text: "a store in a file has no password; take it out" }];
  }
  if (store.password !== undefined) {
    return [{ path: [first], text: "there is a password in `store` as well; keep one" }];
  }
  if (second === undefined) return [];
  return [{ path: [second], text: `there is \`${first}\` as well; keep one` }];
}
