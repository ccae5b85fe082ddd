// Reads a delivery status notice by the letter of RFC 6522 and RFC 3464, to check what ours writes.

import assert from "node:assert/strict";

export interface Report {
  /** Field names in lower case; folded lines are unfolded. */
  readonly header: ReadonlyMap<string, string>;
  /** What people read. */
  readonly words: string;
  /** Fields about the message. */
  readonly message: ReadonlyMap<string, string>;
  /** Fields about each recipient. */
  readonly recipients: readonly ReadonlyMap<string, string>[];
  /** The header of the original message; with octets above 127 it is of another type (RFC 6533). */
  readonly original: string;
}

/** Fails where the structure is not that of a report. Line ends may be CR LF or LF.
 * @param text from the first field of the header, trace fields included. */
export function readReport(text: string): Report {
  const { header, body } = readEntity(text.replaceAll("\r\n", "\n"));
  const type = header.get("content-type") ?? "";
  assert.match(type, /^multipart\/report;\s*report-type=delivery-status;/);
  assert.equal(header.get("mime-version"), "1.0");
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1];
  assert.ok(boundary !== undefined, "the report has no boundary");
  const pieces = `\n${body}`.split(`\n--${boundary}`);
  assert.match(pieces.pop() ?? "", /^--\s*$/, "the last boundary ends the report");
  const [, words, status, original, ...more] = pieces.map((piece) => piece.replace(/^\n/, ""));
  assert.equal(more.length, 0, "a report has three parts");
  const groups = readPart(status, /^message\/delivery-status$/)
    .trim()
    .split("\n\n");
  const [message, ...recipients] = groups.map(readFields);
  assert.ok(message !== undefined && recipients.length > 0);
  return {
    header,
    words: readPart(words, /^text\/plain;/),
    message,
    recipients,
    original: readPart(original, /^(text\/rfc822-headers|message\/global-headers)$/),
  };
}

function readPart(part: string | undefined, type: RegExp): string {
  const { header, body } = readEntity(part ?? "");
  assert.match(header.get("content-type") ?? "", type);
  if (header.get("content-transfer-encoding") !== "quoted-printable") return body;
  return body
    .replaceAll("=\n", "")
    .replace(/=([0-9A-F]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
}

function readEntity(text: string) {
  const end = text.indexOf("\n\n");
  assert.ok(end !== -1, `no empty line behind the header: ${text.slice(0, 200)}`);
  return { header: readFields(text.slice(0, end)), body: text.slice(end + 2) };
}

function readFields(text: string): ReadonlyMap<string, string> {
  const lines = text.replace(/\n[ \t]+/g, " ").split("\n");
  return new Map(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
      assert.ok(name !== "", `no header field: ${line}`);
      return [name.toLowerCase(), value] as const;
    }),
  );
}
