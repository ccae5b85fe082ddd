// etc/vpopmail.mysql: where vpopmail's tables are, and its password for them.

import { readDatabaseUrl } from "../config/values/database-url.ts";
import type { InstalledFile } from "./file.ts";
import type { Report } from "./report.ts";

export interface DatabaseAccess {
  /** As the configuration writes it. */
  readonly url: string;
  readonly password: string;
  readonly at: { readonly path: string; readonly line: number };
}

/** `host|port|user|password|database`: one line, or one to read from and one to write to. Nothing of
 * a line is ever shown: there is a password in it.
 * @param socket a server's on this host; the library that vpopmail uses takes it for `localhost`. */
export function readDatabaseFile(
  file: InstalledFile | undefined,
  socket: string | undefined,
  report: Report,
): DatabaseAccess | undefined {
  if (file === undefined) return undefined;
  const lines = file.text
    .split("\n")
    .map((text, index) => ({ text: text.trim(), at: { path: file.path, line: index + 1 } }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
  const [first, second] = lines;
  if (first === undefined) {
    report.operator(file, "no line in it names a database; see `logins`");
    return undefined;
  }
  const access = readLine(first.text, socket);
  if (typeof access === "string") {
    report.operator(first.at, `${access}; write it as \`logins\` in the manual`);
    return undefined;
  }
  if (second !== undefined && second.text !== first.text) {
    report.leftOut(second.at, "the database that vpopmail writes to: nothing is written there");
  }
  return { ...access, at: first.at };
}

const usualPort = "3306";

function readLine(
  text: string,
  socket: string | undefined,
): Pick<DatabaseAccess, "url" | "password"> | string {
  // A password may hold a |, the names cannot.
  const fields = text.split("|");
  const [host = "", port = "", user = ""] = fields;
  const database = fields.at(-1) ?? "";
  const password = fields.slice(3, -1).join("|");
  if (fields.length < 5) return "it is not host|port|user|password|database";
  if (password === "") return "there is no password in it";
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  if (/[\0-\u001f]/.test(text)) return "there is a control character in it";
  const isLocal = host === "" || host === "localhost";
  const name = `${user}@${bracketed(host === "" ? "localhost" : host)}`;
  const where = port === "" || port === "0" || port === usualPort ? name : `${name}:${port}`;
  const behind = isLocal && socket !== undefined && (port === "" || port === "0");
  const url = `mysql://${where}/${database}${behind ? `?socket=${socket}` : ""}`;
  return readDatabaseUrl(url).ok
    ? { url, password }
    : "its host, port, user or database has characters that such names cannot have";
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
