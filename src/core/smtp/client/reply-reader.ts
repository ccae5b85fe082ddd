// Reads the far host's replies (RFC 5321 §4.2), however the network has cut them.

import { concat } from "../../octets.ts";
import { bad, good, type Result } from "../../result.ts";
import type { Reply } from "../reply.ts";

/** Octets of one line. RFC 5321 §4.5.3.1.5 says 512, and hosts with long explanations say more. */
const maxLineOctets = 2_048;
const maxLines = 128;

const lineFeed = 10;
const carriageReturn = 13;
const none = new Uint8Array(0);

// The BOM is kept: what precedes a reply code makes it no reply.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A complete reply, or what is wrong with the host's octets. */
export type ReadReply = Result<Reply, string>;

export interface ReplyReader {
  /** Takes the next octets; gives the replies that they complete. After a problem nothing that
   * follows has a meaning, and no more is read. */
  read(bytes: Uint8Array): readonly ReadReply[];
  /** Something has come that is no whole reply yet. */
  readonly isAmid: boolean;
}

export function createReplyReader(): ReplyReader {
  let partial: Uint8Array = none;
  let open: OpenReply | undefined;
  let broken = false;

  function takeLine(line: Uint8Array): ReadReply | undefined {
    const parsed = parseLine(line);
    if (parsed === undefined) return bad("a line that is no SMTP reply");
    if (open !== undefined && open.code !== parsed.code) return bad("a reply with two codes");
    const lines = open?.lines ?? [];
    lines.push(parsed.text);
    if (lines.length > maxLines) return bad(`a reply of more than ${maxLines} lines`);
    open = parsed.last ? undefined : { code: parsed.code, lines };
    return parsed.last ? good(toReply(parsed.code, lines)) : undefined;
  }

  return {
    get isAmid() {
      return partial.length > 0 || open !== undefined;
    },
    read(bytes) {
      const replies: ReadReply[] = [];
      let from = 0;
      while (!broken) {
        const end = bytes.indexOf(lineFeed, from);
        const piece = bytes.subarray(from, end === -1 ? bytes.length : end);
        const tooLong = partial.length + piece.length > maxLineOctets;
        if (end === -1 && !tooLong) {
          // A copy: the caller may use its buffer again.
          partial = concat(partial, piece);
          return replies;
        }
        const line = partial.length === 0 ? piece : concat(partial, piece);
        const result = tooLong
          ? bad(`a reply line of more than ${maxLineOctets} octets`)
          : takeLine(line);
        if (result !== undefined) replies.push(result);
        broken = result !== undefined && !result.ok;
        partial = none;
        from = end + 1;
      }
      return replies;
    },
  };
}

interface OpenReply {
  readonly code: number;
  readonly lines: string[];
}

interface ReplyLine {
  readonly code: number;
  readonly text: string;
  readonly last: boolean;
}

/** Reads `250-text`, `250 text` or a bare `250`, without the line feed. */
function parseLine(octets: Uint8Array): ReplyLine | undefined {
  const end = octets.at(-1) === carriageReturn ? octets.length - 1 : octets.length;
  const line = utf8.decode(octets.subarray(0, end));
  const [first, second, third] = [digit(line, 0), digit(line, 1), digit(line, 2)];
  if (!(first >= 2 && first <= 5 && second >= 0 && third >= 0)) return undefined;
  const separator = line.charAt(3);
  if (separator !== " " && separator !== "-" && separator !== "") return undefined;
  const code = first * 100 + second * 10 + third;
  return { code, text: line.slice(4), last: separator !== "-" };
}

/** The digit at an index; -1 where there is none. */
function digit(line: string, at: number): number {
  const value = line.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

const enhancedCode = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/;

/** Takes the enhanced code (RFC 2034 §4) off the text, where its class is the reply's own. */
function toReply(code: number, lines: readonly string[]): Reply {
  const enhanced = enhancedCode.exec(lines[0] ?? "")?.[0];
  if (enhanced === undefined || Number(enhanced.charAt(0)) !== Math.floor(code / 100)) {
    return { code, lines };
  }
  const bare = lines.map((line) =>
    enhancedCode.exec(line)?.[0] === enhanced ? line.slice(enhanced.length + 1) : line,
  );
  return { code, enhanced, lines: bare };
}
