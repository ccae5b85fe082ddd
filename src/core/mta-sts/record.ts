// The TXT record at `_mta-sts.DOMAIN`, which says that there is a policy, and which (RFC 8461 §3.1).

import { trimBlanks } from "../mail/trim-blanks.ts";

/** What the TXT records of a name come to. */
export type StsRecord =
  | { readonly kind: "id"; readonly id: string }
  /** No record, or none that counts; `why` where somebody meant to have one. */
  | { readonly kind: "none"; readonly why?: string };

/** What the DNS said about the name. */
export type StsRecordAnswer =
  | StsRecord
  /** No answer, or a broken one. */
  | { readonly kind: "unknown"; readonly why: string };

const version = /^v=STSv1[ \t]*(;|$)/;
const field = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]+$/;
const id = /^[A-Za-z0-9]{1,32}$/;

/** @param texts the records of the name, each joined from its strings. */
export function readStsRecord(texts: readonly string[]): StsRecord {
  const [record, another] = texts.filter((text) => version.test(text));
  if (record === undefined) return { kind: "none" };
  if (another !== undefined) {
    return { kind: "none", why: "there are several records that begin with v=STSv1" };
  }
  const fields = record.split(";").map(trimBlanks);
  // A semicolon may stand at the end.
  const written = fields.at(-1) === "" ? fields.slice(1, -1) : fields.slice(1);
  const wrong = written.find((part) => !field.test(part));
  if (wrong !== undefined) return { kind: "none", why: "the record is no list of fields" };
  const found = written.find((part) => part.startsWith("id="))?.slice("id=".length);
  if (found === undefined) return { kind: "none", why: "the record has no id" };
  if (!id.test(found)) return { kind: "none", why: "the id is not 1 to 32 letters and digits" };
  return { kind: "id", id: found };
}
