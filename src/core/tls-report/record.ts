// The TXT record at `_smtp._tls.DOMAIN`, which says where reports of TLS go (RFC 8460 §3).

import { type Address, needsSmtpUtf8, parseAddress } from "../mail/address.ts";
import { trimBlanks } from "../mail/trim-blanks.ts";

/** Where one domain's reports go. */
export interface ReportPlaces {
  readonly mail: readonly Address[];
  /** `https:` addresses. */
  readonly web: readonly string[];
}

/** Of each kind: a record must not make of us a sender of mail to a crowd. */
const mostPlaces = 3;

const version = /^v=TLSRPTv1[ \t]*;/;

/** Undefined where the domain wants no reports, or says it in a way that nobody understands. Places of
 * other kinds are left out. @param texts the records of the name, each joined from its strings. */
export function readReportRecord(texts: readonly string[]): ReportPlaces | undefined {
  const [record, another] = texts.filter((text) => version.test(text));
  if (record === undefined || another !== undefined) return undefined;
  const fields = record.split(";").map(trimBlanks);
  const rua = fields.find((part) => part.startsWith("rua="))?.slice("rua=".length);
  if (rua === undefined) return undefined;
  const places = rua.split(",").map(trimBlanks);
  const mail = places.flatMap((place) => readMailto(place) ?? []);
  const web = places.filter((place) => /^https:\/\/[!-~]+$/i.test(place));
  if (mail.length + web.length === 0) return undefined;
  return { mail: mail.slice(0, mostPlaces), web: web.slice(0, mostPlaces) };
}

/** RFC 6068, of which only the address is of use. */
function readMailto(place: string): Address | undefined {
  const [, encoded] = /^mailto:([^?]+)/i.exec(place) ?? [];
  const text = encoded === undefined ? undefined : decode(encoded);
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined || !address.ok || needsSmtpUtf8(address.value)) return undefined;
  return address.value.domain.startsWith("[") ? undefined : address.value;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
