// Why a message could not be written into a mailbox, told without paths: senders may read it.

import { NotAFolder } from "./folders.ts";

/** A mailbox could not be written. */
export class MaildirError extends Error {
  /** RFC 3463: begins with 4 where another attempt may succeed. */
  readonly status: string;

  constructor(status: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MaildirError";
    this.status = status;
  }
}

/** What a failed system call means for the mailbox; any other error stays what it is. */
export function asMaildirError(error: unknown): unknown {
  if (error instanceof NotAFolder)
    return new MaildirError("4.3.5", error.message, { cause: error });
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return error;
  const { status, text } = explain(String(error.code), String(error.syscall));
  return new MaildirError(status, text, { cause: error });
}

function explain(code: string, call: string): { readonly status: string; readonly text: string } {
  switch (code) {
    case "ENOSPC":
      return { status: "4.3.1", text: "the disk is full" };
    case "EDQUOT":
      return { status: "4.2.2", text: "the disk quota is used up" };
    case "EMFILE":
    case "ENFILE":
      return { status: "4.3.2", text: "no file descriptor is free" };
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return { status: "4.3.5", text: "the server has no right to write into the mailbox" };
    default:
      return { status: "4.3.0", text: `writing into the mailbox failed (${code}, ${call})` };
  }
}
