// Octets of a message as text: UTF-8, and no NUL (RFC 4422 §3.4.1).

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined where the octets are not UTF-8, or hold a NUL. */
export function decodeText(octets: Uint8Array): string | undefined {
  if (octets.includes(0)) return undefined;
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
