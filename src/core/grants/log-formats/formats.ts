// The formats by the names that the configuration calls them.

import { readCourier } from "./courier.ts";
import { readCyrus } from "./cyrus.ts";
import { readDovecot } from "./dovecot.ts";
import type { LogFormat } from "./event.ts";
import { readQpopper } from "./qpopper.ts";
import { readUwImap } from "./uw-imap.ts";
import { readVchkpw } from "./vchkpw.ts";

export const logFormatNames = [
  "dovecot",
  "courier",
  "cyrus",
  "uw-imap",
  "qpopper",
  "vchkpw",
] as const;

export type LogFormatName = (typeof logFormatNames)[number];

export const logFormats: Readonly<Record<LogFormatName, LogFormat>> = {
  dovecot: readDovecot,
  courier: readCourier,
  cyrus: readCyrus,
  "uw-imap": readUwImap,
  qpopper: readQpopper,
  vchkpw: readVchkpw,
};
