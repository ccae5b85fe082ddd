// Whose unique ids a mailbox began with. Another server's numbers are honoured for the messages that it
// had numbered when we opened the mailbox for the first time, and for no others: whatever that server
// numbers later has been shown by us under its name by then, or will be. So no id ever changes, and
// nothing has to be kept for each message. docs/decisions/0016-unique-ids.md

import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../error-code.ts";
import { foreignFormats } from "./foreign-entries.ts";
import type { ForeignEntry, ForeignHead, ForeignServer } from "./foreign-list.ts";
import { notAFile, pathIn, readLines } from "./read-file.ts";
import { replaceFile } from "./write-file.ts";

export type Origin = "none" | Numbering;

/** Numbers below `next`, under that validity or an older one, are honoured. */
export interface Numbering extends ForeignHead {
  readonly server: ForeignServer;
}

/** In the mailbox's folder; one line: `1 none`, or `1 dovecot VALIDITY NEXT`. */
const file = "bailiwick-uids";

export function isHonoured({ validity, number }: ForeignEntry, origin: Numbering): boolean {
  return validity < origin.validity || (validity === origin.validity && number < origin.next);
}

/** Undefined where nothing is written down yet. */
export async function readOrigin(folder: string): Promise<Origin | undefined> {
  try {
    for await (const [line = ""] of readLines(pathIn(folder, file))) return parse(line);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && !(errorCode(error) === notAFile)) throw error;
  }
  return undefined;
}

function parse(line: string): Origin | undefined {
  if (line === "1 none") return "none";
  const [, server, validity, next] = /^1 (dovecot|courier) (\d{1,15}) (\d{1,15})$/.exec(line) ?? [];
  if (server !== "dovecot" && server !== "courier") return undefined;
  return { server, validity: Number(validity), next: Number(next) };
}

/** Writes it down for good. */
export async function writeOrigin(folder: string, origin: Origin): Promise<void> {
  const said = origin === "none" ? "none" : `${origin.server} ${origin.validity} ${origin.next}`;
  await replaceFile(join(folder, file), `1 ${said}\n`);
}

/** The server whose list was written last, which is the one that has served this mailbox until now. */
export async function lastServer(folder: string): Promise<ForeignServer | undefined> {
  const servers = ["dovecot", "courier"] as const;
  const times = await Promise.all(
    servers.map((server) => timeOf(join(folder, foreignFormats[server].file))),
  );
  const [dovecot = -1, courier = -1] = times;
  if (dovecot < 0 && courier < 0) return undefined;
  return courier > dovecot ? "courier" : "dovecot";
}

async function timeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.mtimeMs : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
