// Looks at a message's header as it passes: counts the Received fields, to end mail loops (RFC 5321
// §6.3), and finds `TLS-Required: No` (RFC 8689 §3).

export interface HeaderScan {
  pass(content: Uint8Array): void;
  /** Received fields so far. */
  readonly hops: number;
  /** The sender asks for delivery whatever comes of TLS. */
  readonly isTlsOptional: boolean;
}

const LF = 10;
const CR = 13;
const SP = 32;
const HTAB = 9;
const received = new TextEncoder().encode("received:");
const tlsRequired = new TextEncoder().encode("tls-required:");
const nothing = new Uint8Array(0);

/** Octets of a value that are looked at: "No" and white space. */
const maxValue = 100;

export function createHeaderScan(): HeaderScan {
  let hops = 0;
  let isTlsOptional = false;
  let inHeader = true;
  let column = 0; // octets of this line so far
  let name = nothing; // the one that this line may begin with; empty once it does not
  let value: string | undefined; // of TLS-Required, while it is read

  /** Takes in the first octet of a line; returns whether the header goes on. */
  function begin(octet: number): boolean {
    if (value !== undefined && octet !== SP && octet !== HTAB) endValue(value);
    if (octet === LF) return false;
    if (octet === CR) return true; // belongs to the line's end
    // ASCII letters differ from their capitals in one bit.
    const letter = octet | 0x20;
    name = letter === received[0] ? received : letter === tlsRequired[0] ? tlsRequired : nothing;
    if (value !== undefined) value += String.fromCharCode(octet);
    column = 1;
    return true;
  }

  function take(octet: number): void {
    if (octet === LF) {
      column = 0;
    } else if (octet !== CR) {
      if (value !== undefined) value = (value + String.fromCharCode(octet)).slice(0, maxValue);
      // So do : and the control character Z, - and CR, which no field name holds.
      else if ((octet | 0x20) !== name[column]) name = nothing;
      else if (column === name.length - 1) found();
      column++;
    }
  }

  function found(): void {
    if (name === received) hops++;
    else value = "";
    name = nothing;
  }

  function endValue(whole: string): void {
    if (/^[ \t]*no[ \t]*$/i.test(whole)) isTlsOptional = true;
    value = undefined;
  }

  return {
    pass(content) {
      for (let at = 0; inHeader && at < content.length; at++) {
        if (column === 0) {
          inHeader = begin(content[at] ?? 0);
          continue;
        }
        if (name === nothing && value === undefined) at = skipToLineEnd(content, at);
        if (at < content.length) take(content[at] ?? 0);
      }
    },
    get hops() {
      return hops;
    },
    get isTlsOptional() {
      return isTlsOptional;
    },
  };
}

function skipToLineEnd(content: Uint8Array, from: number): number {
  const end = content.indexOf(LF, from);
  return end === -1 ? content.length : end;
}
