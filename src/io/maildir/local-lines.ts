// Messages travel with CR LF and lie in a Maildir with LF, as every other program writes them there.

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** The content with every CR LF made LF, wherever it was cut; all other octets stay as they are. */
export async function* toLocalLines(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let pending = false;
  for await (const chunk of content) {
    if (chunk.length === 0) continue;
    if (pending && chunk[0] !== lineFeed) yield Uint8Array.of(carriageReturn);
    pending = chunk.at(-1) === carriageReturn;
    yield withoutCarriageReturns(chunk);
  }
  if (pending) yield Uint8Array.of(carriageReturn);
}

/** Leaves out each CR before LF, and a CR at the end, whose fate the next chunk decides. */
function withoutCarriageReturns(chunk: Uint8Array): Uint8Array {
  const local = new Uint8Array(chunk.length);
  let kept = 0;
  let from = 0;
  for (;;) {
    const at = chunk.indexOf(carriageReturn, from);
    const next = chunk[at + 1];
    const end = at === -1 ? chunk.length : next === undefined || next === lineFeed ? at : at + 1;
    local.set(chunk.subarray(from, end), kept);
    kept += end - from;
    if (at === -1) return local.subarray(0, kept);
    from = at + 1;
  }
}
