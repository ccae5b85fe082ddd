// Gathers what one step of a session writes, so that it leaves in one system call.

import type { Writable } from "node:stream";

export interface Outbox {
  /** Text goes out as UTF-8. */
  add(data: string | Uint8Array): void;
  flush(): void;
}

/** Up to so many octets a copy costs less than a gathered write. */
const worthCopying = 64 * 1024;

export function createOutbox(stream: Writable): Outbox {
  let parts: (string | Uint8Array)[] = [];

  function write(gathered: readonly (string | Uint8Array)[]): void {
    const octets = gathered.reduce((sum, part) => sum + part.length, 0);
    if (octets <= worthCopying) {
      stream.write(Buffer.concat(gathered.map(toOctets)));
      return;
    }
    stream.cork();
    for (const part of gathered) stream.write(part);
    stream.uncork();
  }

  return {
    add(data) {
      parts.push(data);
    },
    flush() {
      const gathered = parts;
      if (gathered.length === 0) return;
      parts = [];
      if (gathered.length > 1) write(gathered);
      else stream.write(gathered[0]);
    },
  };
}

function toOctets(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? Buffer.from(part) : part;
}
