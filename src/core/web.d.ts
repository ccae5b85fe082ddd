// The two web-standard classes that core may use. They are pure, and every JavaScript engine has
// them; core sees no other global beyond the language (no Node types, no DOM).

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}

/** WHATWG URL, used for its UTS #46 mapping of host names alone. */
declare class URL {
  constructor(url: string);
  readonly hostname: string;
}
