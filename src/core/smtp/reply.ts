// Replies as values (RFC 5321 §4.2, enhanced codes of RFC 3463).

export interface Reply {
  readonly code: number;
  /** `5.7.1`; absent where RFC 2034 §4 wants none (greeting, EHLO and HELO, 354). */
  readonly enhanced?: string;
  /** At least one line of text, without CR or LF. */
  readonly lines: readonly string[];
}

/** Builds a reply; `enhanced` may be empty for none. */
export function reply(code: number, enhanced: string, ...lines: readonly string[]): Reply {
  return enhanced === "" ? { code, lines } : { code, enhanced, lines };
}

/** The octets of a reply, as text: `250-…` lines, then `250 …`, each ended by CR LF. All of it is
 * ASCII: what a client or a DNS record brought in can neither end a line nor ring a bell. */
export function formatReply({ code, enhanced, lines }: Reply): string {
  const prefix = enhanced === undefined ? "" : `${enhanced} `;
  const last = lines.length - 1;
  let text = "";
  for (const [index, line] of lines.entries()) {
    text += `${code}${index === last ? " " : "-"}${prefix}${ascii(line)}\r\n`;
  }
  return text;
}

const beyondAscii = /[^ -~]/;

function ascii(line: string): string {
  return beyondAscii.test(line) ? line.replaceAll(/[^ -~]/g, "?") : line;
}

/** On one line, as a person reads it in a log or a notice. */
export function describeReply({ code, enhanced, lines }: Reply): string {
  const prefix = enhanced === undefined ? "" : `${enhanced} `;
  return `${code} ${prefix}${lines.join(" ")}`.trimEnd();
}

/** Nothing that a client, a DNS record or a far host sent may end our line, ring our bell, or turn the
 * direction of what stands beside it. */
export function printable(text: string): string {
  return text.replace(steering, "?");
}

const steering =
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

export type Severity = "positive" | "intermediate" | "transient" | "permanent";

/** The first digit's meaning (RFC 5321 §4.2.1). */
export function severity(code: number): Severity {
  if (code < 300) return "positive";
  if (code < 400) return "intermediate";
  return code < 500 ? "transient" : "permanent";
}
