// Domain names as the envelope carries them (RFC 5321 §4.1.2, RFC 5890 for names beyond ASCII).

/** A name in lower case with every label in ASCII (`xn--…`), or an address literal in brackets
 * (`[192.0.2.1]`, `[IPv6:2001:db8::1]`). */
export type Domain = string;

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Brings a domain name to its one form for comparison. Underscores are let through: hosts with
 * them exist. Undefined where it is no domain name (empty label, over 255 octets, odd characters). */
export function parseDomain(text: string): Domain | undefined {
  const name = toAscii(text);
  if (name === undefined || name.length === 0 || name.length > 255) return undefined;
  return name.split(".").every((part) => label.test(part)) ? name : undefined;
}

function toAscii(text: string): string | undefined {
  if (!hasNonAscii(text)) return text.toLowerCase();
  // The URL parser would decode %xx and cut at / ? # : @; none of them is in a domain name.
  if (/[%/?#:@\\[\]\s]/.test(text)) return undefined;
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return undefined;
  }
}

/** Whether a text has any character beyond ASCII, and so needs SMTPUTF8 (RFC 6531). */
export function hasNonAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return true;
  return false;
}

export function isAddressLiteral(domain: Domain): boolean {
  return domain.startsWith("[");
}
