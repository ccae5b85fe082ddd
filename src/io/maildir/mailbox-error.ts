// Why a mailbox or a message in it cannot be read, for the log: without paths, for whoever reads it
// knows the account.

import { errorText } from "../../core/error-text.ts";
import { errorCode } from "../error-code.ts";
import { NotAFolder } from "./folders.ts";

/** A message of an open mailbox is no longer there. */
export class MessageGone extends Error {
  constructor() {
    super("the message is gone: another program has removed it since the mailbox was opened");
    this.name = "MessageGone";
  }
}

/** A message could not be read. */
export class MessageUnreadable extends Error {
  constructor(cause: unknown) {
    super(`the message cannot be read: ${explainReading(cause)}`, { cause });
    this.name = "MessageUnreadable";
  }
}

/** What a failed call means for whoever wanted to read. */
export function explainReading(error: unknown): string {
  if (error instanceof NotAFolder) return error.message;
  const code = errorCode(error);
  switch (code) {
    case undefined:
      return errorText(error);
    case "EACCES":
    case "EPERM":
      return "the server has no right to read it";
    case "EMFILE":
    case "ENFILE":
      return "no file descriptor is free";
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "ELOOP":
      return "a symbolic link stands in its place";
    case "NOTAFILE":
      return "something other than a file stands in its place";
    default:
      return `the system refuses it (${code})`;
  }
}
