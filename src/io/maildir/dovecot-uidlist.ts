// `dovecot-uidlist`, versions 1 and 3, in which Dovecot keeps the numbers of a mailbox's messages. With
// its default `pop3_uidl_format` a number and the mailbox's UIDVALIDITY make the unique id.

import { baseOf } from "./message-name.ts";
import type { ForeignEntry, ForeignFormat, ForeignHead } from "./foreign-list.ts";

export const dovecotUidlist: ForeignFormat = { file: "dovecot-uidlist", readHead, readEntry };

/** `3 V1275660208 N25022 G3085f0…`, or `1 1275660208 25022`. */
function readHead(line: string): ForeignHead | undefined {
  const old = /^1 (\d{1,10}) (\d{1,10})$/.exec(line);
  if (old !== null) return { validity: Number(old[1]), next: Number(old[2]) };
  if (!/^[23] /.test(line)) return undefined;
  const validity = / V(\d{1,10})(?: |$)/.exec(line)?.[1];
  const next = / N(\d{1,10})(?: |$)/.exec(line)?.[1];
  if (validity === undefined || next === undefined) return undefined;
  return { validity: Number(validity), next: Number(next) };
}

/** `25017 W2481 Pabc :1276533073.M242911P3632.host:2,F`, or `25017 1276533073.M242911P3632.host`. The
 * fields that matter here: W, the size with CR LF; P, a unique id of its own, where an empty one means
 * the name's base. */
function readEntry(line: string, { validity }: ForeignHead): ForeignEntry | undefined {
  const parts =
    /^(\d{1,10}) ((?:[A-Z][^ ]* )*):(.+)$/.exec(line) ?? /^(\d{1,10})( )(.+)$/.exec(line);
  if (parts === null) return undefined;
  const [, digits = "", fields = "", name = ""] = parts;
  const number = Number(digits);
  const base = baseOf(`cur/${name}`);
  const octets = /(?:^| )W(\d{1,15}) /.exec(fields)?.[1];
  const own = /(?:^| )P([^ ]*) /.exec(fields)?.[1];
  return {
    base,
    number,
    validity,
    uid: own === undefined ? `${hex(number)}${hex(validity)}` : own === "" ? base : own,
    octets: octets === undefined ? undefined : Number(octets),
  };
}

/** `%08Xu`: in lower case, whatever the X may suggest. */
function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}
