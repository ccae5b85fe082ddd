// Whether the DNS has a pair of keys.

import { keyAlgorithms, type KeyPairView } from "../../core/dkim/key.ts";
import { keyRecordName, keyRecordProblem } from "../../core/dkim/key-record.ts";
import type { PublishedLookups } from "../../io/dns/published-lookups.ts";

export type Published =
  | { readonly kind: "yes" }
  /** `why` is one sentence for each record that is missing or wrong. */
  | { readonly kind: "no" | "unknown"; readonly why: string };

/** Both records have to be there as they should. Never rejects. */
export async function isPublished(
  { domain, name, publicKeys }: Pick<KeyPairView, "domain" | "name" | "publicKeys">,
  { texts }: Pick<PublishedLookups, "texts">,
): Promise<Published> {
  const problems: string[] = [];
  for (const algorithm of keyAlgorithms) {
    const record = keyRecordName(domain, name, algorithm);
    const found = await texts(record);
    if (!found.ok) return { kind: "unknown", why: `${record}: ${found.problem}` };
    const problem = problemOf(found.value, (text) =>
      keyRecordProblem(text, algorithm, publicKeys[algorithm]),
    );
    if (problem !== undefined) problems.push(`${record}: ${problem}`);
  }
  if (problems.length === 0) return { kind: "yes" };
  return { kind: "no", why: problems.join("; ") };
}

/** RFC 6376 §3.6.2.2: with several records, nobody knows which one counts. */
function problemOf(
  texts: readonly string[],
  problemWith: (text: string) => string | undefined,
): string | undefined {
  const [text, ...more] = texts;
  if (text === undefined) return "it is not there";
  return more.length > 0 ? "there are several TXT records" : problemWith(text);
}
