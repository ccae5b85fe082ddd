// Reads SMTP off a socket by asking for the next thing: a line, so many octets, or a content that
// ends with a dot.

import type { Socket } from "node:net";

/** Each rejects when the connection ends first. */
export interface WireReader {
  /** The next line, without its CR LF. */
  line(): Promise<string>;
  /** Waits until something has come that is not yet read. */
  some(): Promise<void>;
  /** @param onSome once the first of them are there. */
  octets(count: number, onSome: () => Promise<void>): Promise<Buffer>;
  /** Up to CR LF . CR LF; doubled dots are single again (RFC 5321 §4.5.2). */
  untilDot(): Promise<Buffer>;
  /** Reads no more; what has not come yet is for somebody else. */
  release(): void;
}

export function createWireReader(socket: Socket): WireReader {
  const chunks: AsyncIterator<Buffer> = socket.iterator({ destroyOnReturn: false });
  let unread = Buffer.alloc(0);

  async function more(): Promise<Buffer<ArrayBuffer>> {
    const next = await chunks.next();
    if (next.done === true) throw new Error("the connection has ended");
    return Buffer.from(next.value);
  }

  async function some(): Promise<void> {
    if (unread.length === 0) unread = await more();
  }

  return {
    some,
    release() {
      void chunks.return?.();
    },
    async line() {
      for (;;) {
        const end = unread.indexOf("\r\n");
        if (end !== -1) {
          const line = unread.toString("utf8", 0, end);
          unread = unread.subarray(end + 2);
          return line;
        }
        unread = Buffer.concat([unread, await more()]);
      }
    },
    async octets(count, onSome) {
      if (count > 0) await some();
      await onSome();
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        await some();
        const part = unread.subarray(0, missing);
        unread = unread.subarray(part.length);
        missing -= part.length;
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    async untilDot() {
      // The line end before the first line is the one of DATA itself.
      const parts: Buffer[] = [Buffer.from("\r\n")];
      let tail = Buffer.from("\r\n");
      for (;;) {
        await some();
        const seam = Buffer.concat([tail, unread]);
        const end = seam.indexOf("\r\n.\r\n");
        if (end !== -1) {
          const length = end + 5 - tail.length;
          parts.push(unread.subarray(0, length));
          unread = unread.subarray(length);
          return singleDots(Buffer.concat(parts));
        }
        parts.push(unread);
        tail = seam.subarray(-4);
        unread = Buffer.alloc(0);
      }
    },
  };
}

/** @param wire from the CR LF before the content to the dot behind it. */
function singleDots(wire: Buffer): Buffer {
  const text = wire.toString("latin1", 0, wire.length - 3).replace(/\r\n\./g, "\r\n");
  return Buffer.from(text.slice(2), "latin1");
}
