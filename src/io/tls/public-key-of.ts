/** The SubjectPublicKeyInfo of a certificate (RFC 5280 §4.1), as its octets stand there: a key that is
 * read and written again may come out in another form. Throws where the octets are no certificate.
 * @param certificate DER. */
export function publicKeyOf(certificate: Uint8Array): Uint8Array {
  const statement = elementAt(elementAt(certificate, 0).content, 0).content;
  let at = 0;
  // The version, which may be left out, and then number, algorithm, issuer, time, subject.
  const before = statement[0] === versionTag ? 6 : 5;
  for (let passed = 0; passed < before; passed++) at = elementAt(statement, at).end;
  return statement.subarray(at, elementAt(statement, at).end);
}

const versionTag = 0xa0;

interface Element {
  readonly content: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/** An element of DER whose tag has one octet. */
function elementAt(octets: Uint8Array, at: number): Element {
  const first = octets[at + 1] ?? 0;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  let length = digits === 0 ? first : 0;
  for (const octet of octets.subarray(at + 2, at + 2 + digits)) length = length * 256 + octet;
  const start = at + 2 + digits;
  const end = start + length;
  if (digits > 4 || end > octets.length) throw new RangeError("no DER");
  return { content: octets.subarray(start, end), end };
}
