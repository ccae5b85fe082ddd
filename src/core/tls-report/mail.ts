// The mail that carries a report of TLS (RFC 8460 §5.3).

import { encodeBase64 } from "../base64.ts";
import { type Address, formatAddress } from "../mail/address.ts";
import { formatDate } from "../mail/date.ts";
import type { Domain } from "../mail/domain.ts";

export interface ReportMailParts {
  /** Our name. */
  readonly submitter: Domain;
  readonly from: Address;
  /** At least one. */
  readonly to: readonly Address[];
  /** The domain that the report is about. */
  readonly domain: Domain;
  /** The report's own. */
  readonly reportId: string;
  /** The name of the mail, unique here. */
  readonly messageId: string;
  /** UTC milliseconds. */
  readonly now: number;
  /** As `fileName` has it. */
  readonly name: string;
  /** The report as JSON, compressed by gzip. */
  readonly report: Uint8Array;
}

export interface ReportFileParts {
  readonly submitter: Domain;
  readonly domain: Domain;
  /** UTC milliseconds at which the day begins. */
  readonly begin: number;
}

const dayLength = 86_400_000;

/** §5.1: `mail.example.org!example.net!1470013207!1470099606.json.gz` */
export function fileName({ submitter, domain, begin }: ReportFileParts): string {
  const [from, to] = [begin, begin + dayLength - 1_000].map((time) => time / 1_000);
  return `${submitter}!${domain}!${from}!${to}.json.gz`;
}

/** All of it is ASCII in lines of at most 998 octets. */
export function composeReportMail(parts: ReportMailParts): Uint8Array<ArrayBuffer> {
  const { submitter, domain, messageId, name, report } = parts;
  // Neither base 64 nor our own words have such a thing in them.
  const boundary = `=_${messageId}`;
  const text =
    `${formatHeader(parts, boundary)}\r\n` +
    `--${boundary}\r\n` +
    `Content-Type: text/plain; charset=us-ascii\r\n` +
    `Content-Transfer-Encoding: 7bit\r\n\r\n` +
    `This is an aggregate report (RFC 8460) of TLS sessions with\r\n${domain}\r\n` +
    `from ${submitter}.\r\n` +
    `\r\n--${boundary}\r\n` +
    `Content-Type: application/tlsrpt+gzip\r\n` +
    `Content-Transfer-Encoding: base64\r\n` +
    `Content-Disposition: attachment;\r\n\tfilename="${name}"\r\n\r\n` +
    inLines(encodeBase64(report)) +
    `\r\n--${boundary}--\r\n`;
  return new TextEncoder().encode(text);
}

function formatHeader(parts: ReportMailParts, boundary: string): string {
  const { submitter, from, to, domain, reportId, messageId, now } = parts;
  return (
    `From: <${formatAddress(from)}>\r\n` +
    `To: ${to.map((address) => `<${formatAddress(address)}>`).join(",\r\n\t")}\r\n` +
    `Date: ${formatDate(now)}\r\n` +
    `Message-ID: <${messageId}@${submitter}>\r\n` +
    `Subject: Report Domain: ${domain}\r\n\tSubmitter: ${submitter}\r\n\tReport-ID: <${reportId}>\r\n` +
    `TLS-Report-Domain: ${domain}\r\n` +
    `TLS-Report-Submitter: ${submitter}\r\n` +
    // §5.3: what the report complains of must not keep it from arriving (RFC 8689 §5).
    `TLS-Required: No\r\n` +
    `Auto-Submitted: auto-generated\r\n` +
    `MIME-Version: 1.0\r\n` +
    `Content-Type: multipart/report; report-type="tlsrpt";\r\n\tboundary="${boundary}"\r\n`
  );
}

function inLines(text: string): string {
  return text.replace(/.{1,76}/g, "$&\r\n");
}
