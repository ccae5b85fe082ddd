// The moments of a session in which the forms are tried. A server that is closed after EHLO may be
// open before it, or after something else that changed its mind about the client.

/** `rset`: a transaction that RSET ends. `auth`: a login that must fail. */
export type Step = "HELO" | "EHLO" | "STARTTLS" | "AUTH" | "RSET";

export interface Context {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** The usual one comes first: what is wrong there is wrong everywhere. */
export const contexts: readonly Context[] = [
  { name: "after EHLO", steps: ["EHLO"] },
  { name: "before HELO", steps: [] },
  { name: "after HELO", steps: ["HELO"] },
  { name: "after RSET", steps: ["EHLO", "RSET"] },
  { name: "after a failed AUTH", steps: ["EHLO", "AUTH"] },
  { name: "after STARTTLS, before EHLO", steps: ["EHLO", "STARTTLS"] },
  { name: "after STARTTLS", steps: ["EHLO", "STARTTLS", "EHLO"] },
  { name: "after STARTTLS and RSET", steps: ["EHLO", "STARTTLS", "EHLO", "RSET"] },
  { name: "after STARTTLS and a failed AUTH", steps: ["EHLO", "STARTTLS", "EHLO", "AUTH"] },
];
