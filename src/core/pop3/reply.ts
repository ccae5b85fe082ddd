// Replies as values (RFC 1939 §3; response codes of RFC 2449 §8 and RFC 3206).

export interface Reply {
  /** `+` asks for the next part of a login (RFC 5034 §4). */
  readonly status: "+OK" | "-ERR" | "+";
  readonly code?: ResponseCode;
  /** One line, without CR or LF. */
  readonly text: string;
  /** Further lines, which make it a reply of several lines. */
  readonly lines?: readonly string[];
}

/** `AUTH`: the credentials are wrong; `SYS/TEMP`: nothing is wrong with them, try again later. */
type ResponseCode = "AUTH" | "SYS/TEMP" | "IN-USE";

export function ok(text: string, lines?: readonly string[]): Reply {
  return { status: "+OK", text, ...(lines && { lines }) };
}

export function err(text: string, code?: ResponseCode): Reply {
  return { status: "-ERR", text, ...(code && { code }) };
}

/** The octets of a reply, as text. All of it is ASCII: what a client brought in can neither end a
 * line nor ring a bell. */
export function formatReply({ status, code, text, lines }: Reply): string {
  const prefix = code === undefined ? "" : `[${code}] `;
  const first = `${status} ${prefix}${ascii(text)}\r\n`;
  if (lines === undefined) return first;
  return `${first}${lines.map((line) => `${stuffed(ascii(line))}\r\n`).join("")}.\r\n`;
}

/** RFC 1939 §3. */
function stuffed(line: string): string {
  return line.startsWith(".") ? `.${line}` : line;
}

function ascii(line: string): string {
  return line.replaceAll(/[^ -~]/g, "?");
}
