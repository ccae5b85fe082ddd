// Looks at a message's header as it passes: counts the Received fields, to end mail loops (RFC 5321
// §6.3), and finds `TLS-Required: No` (RFC 8689 §3).

const LF = 10;
const CR = 13;
const SP = 32;
const HTAB = 9;
const received = new TextEncoder().encode("received:");
const tlsRequired = new TextEncoder().encode("tls-required:");
const nothing = new Uint8Array(0);

/** Octets of a value that are looked at: "No" and white space. */
const maxValue = 100;

/** One for each message: a class, for getters of its own cost an object more than all else of it. */
export class HeaderScan {
  #hops = 0;
  #isTlsOptional = false;
  #inHeader = true;
  #column = 0; // octets of this line so far
  #name = nothing; // the one that this line may begin with; empty once it does not
  #value: string | undefined; // of TLS-Required, while it is read

  /** Received fields so far. */
  get hops(): number {
    return this.#hops;
  }

  /** The sender asks for delivery whatever comes of TLS. */
  get isTlsOptional(): boolean {
    return this.#isTlsOptional;
  }

  pass(content: Uint8Array): void {
    for (let at = 0; this.#inHeader && at < content.length; at++) {
      if (this.#column === 0) {
        this.#inHeader = this.#begin(content[at] ?? 0);
        continue;
      }
      if (this.#name === nothing && this.#value === undefined) at = skipToLineEnd(content, at);
      if (at < content.length) this.#take(content[at] ?? 0);
    }
  }

  /** Takes in the first octet of a line; returns whether the header goes on. */
  #begin(octet: number): boolean {
    if (this.#value !== undefined && octet !== SP && octet !== HTAB) this.#endValue(this.#value);
    if (octet === LF) return false;
    if (octet === CR) return true; // belongs to the line's end
    // ASCII letters differ from their capitals in one bit.
    const letter = octet | 0x20;
    this.#name =
      letter === received[0] ? received : letter === tlsRequired[0] ? tlsRequired : nothing;
    if (this.#value !== undefined) this.#value += String.fromCharCode(octet);
    this.#column = 1;
    return true;
  }

  #take(octet: number): void {
    if (octet === LF) {
      this.#column = 0;
    } else if (octet !== CR) {
      if (this.#value !== undefined) this.#extendValue(octet);
      // So do : and the control character Z, - and CR, which no field name holds.
      else if ((octet | 0x20) !== this.#name[this.#column]) this.#name = nothing;
      else if (this.#column === this.#name.length - 1) this.#found();
      this.#column++;
    }
  }

  #found(): void {
    if (this.#name === received) this.#hops++;
    else this.#value = "";
    this.#name = nothing;
  }

  #extendValue(octet: number): void {
    this.#value = ((this.#value ?? "") + String.fromCharCode(octet)).slice(0, maxValue);
  }

  #endValue(whole: string): void {
    if (/^[ \t]*no[ \t]*$/i.test(whole)) this.#isTlsOptional = true;
    this.#value = undefined;
  }
}

function skipToLineEnd(content: Uint8Array, from: number): number {
  const end = content.indexOf(LF, from);
  return end === -1 ? content.length : end;
}
