// vpopmail's users in a file: `name:passwd:uid:gid:gecos:dir:quota[:clear]`, a line or a record each.

import { readCdb } from "../rules/cdb.ts";
import { octetsOf, textOf } from "../rules/records.ts";
import { bad, good, type Result } from "../result.ts";
import { stride, type Work } from "../work.ts";
import type { InstalledFile } from "./file.ts";
import { quote, type Report } from "./report.ts";
import type { VpopmailUser } from "./toaster.ts";

export type ListedUser = Omit<VpopmailUser, "hasMaildir" | "dotQmail">;

/** Lines of `vpasswd`. */
export function* readVpasswd(file: InstalledFile, report: Report): Work<readonly ListedUser[]> {
  const users: ListedUser[] = [];
  for (const [index, line] of file.text.split("\n").entries()) {
    if (index % stride === 0) yield;
    if (line === "") continue;
    const colon = line.indexOf(":");
    const at = { path: file.path, line: index + 1 };
    const user =
      colon === -1
        ? bad(`${quote(line)} is cut off, so the line is left out`)
        : readUser(line.slice(0, colon), line.slice(colon + 1), at);
    if (user.ok) users.push(user.value);
    else report.operator(at, user.problem);
  }
  return users;
}

/** Records of `vpasswd.cdb`; the problem is that of the whole file. In places, the number of a record
 * stands for a line's. */
export function* readVpasswdCdb(
  file: InstalledFile,
  report: Report,
): Work<Result<readonly ListedUser[], string>> {
  const records = yield* readCdb(octetsOf(file.text));
  if (!records.ok) return bad(records.problem);
  const users: ListedUser[] = [];
  for (const [index, { key, value }] of records.value.entries()) {
    if (index % stride === 0) yield;
    const at = { path: file.path, line: index + 1 };
    const user = readUser(textOf(key), textOf(value), at);
    if (user.ok) users.push(user.value);
    else report.operator(at, user.problem);
  }
  return good(users);
}

/** A name that vpopmail could have given: it stands in paths, and in lists that others read. */
export function isPossibleName(name: string): boolean {
  return /^[a-z0-9!#$&'*+=?^_`{|}~-][a-z0-9!#$&'*+=?^_`{|}~.-]{0,63}$/.test(name);
}

/** `NOQUOTA`, or a size and a count. */
export function isQuota(text: string): boolean {
  return /^[1-9]/.test(text);
}

/** @param rest what stands behind the name's colon */
function readUser(name: string, rest: string, at: VpopmailUser["at"]): Result<ListedUser, string> {
  if (!isPossibleName(name)) {
    return bad(`${quote(name)} is no name that vpopmail gives, so the entry is left out`);
  }
  const [password = "", , gid = "", , folder = "", quota = "", ...clear] = rest.split(":");
  if (rest.includes("\0")) return bad(`there is a NUL in the entry of ${name}; mend the file`);
  if (folder === "") return bad(`the entry of ${name} is cut off, so it is left out`);
  const flags = Number.parseInt(gid, 10) || 0;
  const keepsClear = clear.join("") !== "";
  return good({ name, password, keepsClear, hasQuota: isQuota(quota), flags, folder, at });
}
