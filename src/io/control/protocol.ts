/** A call of one of the server's operations. */
export interface ControlRequest {
  readonly call: string;
  readonly arguments: readonly unknown[];
  /** The user of the system who calls, for the audit log. */
  readonly user?: string;
}

export type ControlReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: ControlFailure; readonly text: string };

/** The answer is no; the configuration is wrong; not now; something broke. */
type ControlFailure = "no" | "configuration" | "later" | "failed";

/** What is told as it happens: each value is a reply of its own. */
export interface ControlStream extends AsyncIterable<unknown> {
  /** The caller wants no more. */
  close(): void;
}

export function isStream(value: unknown): value is ControlStream {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value && "close" in value
  );
}
