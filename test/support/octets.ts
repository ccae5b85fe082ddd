// Messages as octets.

import assert from "node:assert/strict";

/** Parts a content at the end of its first field, folded lines included: the trace that the last
 * server put on top, and the message as that server got it. */
export function splitTrace(content: Buffer): { readonly trace: string; readonly rest: Buffer } {
  const end = /\r?\n(?![ \t])/.exec(content.toString("latin1", 0, 2_000));
  if (end === null) throw new Error("the content has no header field");
  const at = end.index + end[0].length;
  return { trace: content.toString("latin1", 0, at), rest: content.subarray(at) };
}

/** Says where they differ: two messages side by side would fill the screen. */
export function assertSame(actual: Buffer, expected: Buffer): void {
  if (actual.equals(expected)) return;
  const at = expected.findIndex((octet, index) => octet !== actual[index]);
  const show = (octets: Buffer) => JSON.stringify(octets.toString("latin1", at - 40, at + 40));
  assert.fail(
    `${actual.length} octets for ${expected.length}; at ${at} ${show(actual)} for ${show(expected)}`,
  );
}
