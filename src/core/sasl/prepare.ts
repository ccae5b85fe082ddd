// SASLprep (RFC 4013): one form for user names and passwords that a person takes for the same. Code
// points that Unicode 3.2 did not know are let through, as in a query (RFC 3454 §7), and NFKC is the
// engine's own; both agree with Unicode 3.2 on every code point that it knew.

/** RFC 3454 C.1.2: spaces beyond ASCII become a space. */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454 B.1: these become nothing. */
// oxlint-disable-next-line no-misleading-character-class -- joiners and variation selectors are meant one by one
const dropped = /[\u00ad\u034f\u1806\u180b-\u180d\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/g;
/** RFC 3454 C.2 to C.9, but for two marks that NFKC has replaced. A surrogate stands here only without its other half. */
const prohibited =
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  /[\u0000-\u001f\u007f-\u009f\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\uffff\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** RFC 3454 D.1: written from right to left. */
const rightToLeft =
  /[\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe70-\ufe74\ufe76-\ufefc]/u;
/** Instead of RFC 3454 D.2, which lists them: all other letters are written from left to right. */
const letter = /\p{L}/u;

const printableAscii = /^[ -~]*$/;

/** Undefined where nothing is left, or where a code point has no place in a name or password. */
export function saslPrep(text: string): string | undefined {
  if (text === "") return undefined;
  if (printableAscii.test(text)) return text;
  const mapped = text.replace(spaces, " ").replace(dropped, "").normalize("NFKC");
  if (mapped === "" || prohibited.test(mapped) || mixesDirections(mapped)) return undefined;
  return mapped;
}

/** RFC 3454 §6: text from right to left begins and ends so, and has no letters from left to right. */
function mixesDirections(text: string): boolean {
  if (!rightToLeft.test(text)) return false;
  const characters = Array.from(text);
  if (characters.some((one) => letter.test(one) && !rightToLeft.test(one))) return true;
  return !rightToLeft.test(characters[0] ?? "") || !rightToLeft.test(characters.at(-1) ?? "");
}
