// `courierpop3dsizelist`, versions 2 and 3, in which Courier's POP3 server keeps sizes and unique ids.

import type { ForeignEntry, ForeignFormat, ForeignHead } from "./foreign-list.ts";
import { baseOf } from "./message-name.ts";

export const courierList: ForeignFormat = { file: "courierpop3dsizelist", readHead, readEntry };

/** `/3 NEXT VALIDITY` */
function readHead(line: string): ForeignHead | undefined {
  const [, next, validity] = /^\/[23] (\d{1,15}) (\d{1,15})$/.exec(line) ?? [];
  if (next === undefined || validity === undefined) return undefined;
  return { validity: Number(validity), next: Number(next) };
}

/** `NAME OCTETS NUMBER:VALIDITY[:UTF8]`; a name may have spaces in it. */
function readEntry(line: string): ForeignEntry | undefined {
  const parts = /^(.+) (\d{1,15}) (\d{1,15}):(\d{1,15})(?::\d+)?$/.exec(line);
  if (parts === null) return undefined;
  const base = baseOf(`cur/${parts[1] ?? ""}`);
  const [octets = 0, number = 0, validity = 0] = parts.slice(2, 5).map(Number);
  return { base, number, validity, uid: uidOf(base, number, validity), octets };
}

/** Number 0 stands for those whose id is their name, from before there were numbers. */
function uidOf(base: string, number: number, validity: number): string {
  if (number !== 0) return validity === 0 ? `UID${number}` : `UID${number}-${validity}`;
  return base.replaceAll(/[^!-~]|['"+]/g, (octet) => {
    return `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
