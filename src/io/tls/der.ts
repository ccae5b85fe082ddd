// The few forms of DER (ITU-T X.690) that a certificate is written in.

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.set, Buffer.concat(parts));
}

/** @param magnitude big-endian octets of a number that is not negative. */
export function integer(magnitude: Uint8Array): Buffer {
  const first = magnitude.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? Buffer.of(0) : Buffer.from(magnitude.subarray(first));
  // A first bit that is set would make it negative.
  const content = (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return element(tags.integer, content);
}

export function bool(value: boolean): Buffer {
  return element(tags.boolean, Buffer.of(value ? 0xff : 0));
}

/** Whole octets, no bit unused. */
export function bitString(octets: Uint8Array): Buffer {
  return element(tags.bitString, Buffer.concat([Buffer.of(0), octets]));
}

export function octetString(octets: Uint8Array): Buffer {
  return element(tags.octetString, octets);
}

export function utf8String(text: string): Buffer {
  return element(tags.utf8String, Buffer.from(text, "utf8"));
}

/** @param utcMs whole seconds count. */
export function generalizedTime(utcMs: number): Buffer {
  const digits = new Date(utcMs).toISOString().replaceAll(/\.\d+|[-:T]/g, "");
  return element(tags.generalizedTime, Buffer.from(digits, "latin1"));
}

/** @param dotted such as `1.2.840.10045.4.3.2`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(
    tags.objectIdentifier,
    Buffer.from([first * 40 + second, ...rest].flatMap(base128)),
  );
}

/** `[number]` around what another form has written (explicit), or in its place (implicit). */
export function tagged(number: number, content: Uint8Array, form: "explicit" | "implicit"): Buffer {
  const constructed = form === "explicit" ? 0x20 : 0;
  return element(0x80 | constructed | number, content);
}

function base128(value: number): readonly number[] {
  const septets = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80);
  return septets;
}

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

function lengthOf({ length }: Uint8Array): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets: number[] = [];
  for (let left = length; left > 0; left >>= 8) octets.unshift(left & 0xff);
  return Buffer.of(0x80 | octets.length, ...octets);
}
