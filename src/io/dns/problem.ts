// What a failed look-up means: the name is not there, it has no such records, or nobody knows.

export type LookupProblem =
  /** NXDOMAIN, or a text that cannot be a name. */
  | { readonly kind: "no-such-name" }
  | { readonly kind: "no-records" }
  /** Nothing was found out: another attempt may go better. */
  | { readonly kind: "unknown"; readonly why: string };

const reasons: Readonly<Record<string, string>> = {
  ESERVFAIL: "the DNS server could not find out (SERVFAIL)",
  EREFUSED: "the DNS server refuses to answer (REFUSED)",
  ETIMEOUT: "no DNS server answered in time",
  ECONNREFUSED: "no DNS server is running at the configured address",
  ECANCELLED: "the look-up was given up, because the server is stopping",
};

/** Reads an error of `node:dns`; anything else is a bug, and thrown again. */
export function readLookupError(error: unknown): LookupProblem {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    throw error;
  const { code } = error;
  if (code === "ENOTFOUND" || code === "EBADNAME") return { kind: "no-such-name" };
  if (code === "ENODATA") return { kind: "no-records" };
  return { kind: "unknown", why: reasons[code] ?? `the DNS look-up failed (${code})` };
}
