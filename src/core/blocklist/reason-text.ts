// The explanation that a list keeps as a TXT record beside the address (RFC 5782 §2.1). It goes into
// replies and logs, and whoever runs the list, or the DNS on the way, has written it.

const longest = 200;

/** The first record that says something, on one line of at most 200 printable ASCII characters;
 * undefined where there is none. A record is a list of pieces, as the DNS carries it. */
export function readReason(records: readonly (readonly string[])[]): string | undefined {
  return records.map((pieces) => tidy(pieces.join(""))).find((text) => text !== "");
}

function tidy(text: string): string {
  // More than is shown is not worth looking at.
  const plain = text
    .slice(0, 4 * longest)
    .replaceAll(/[^ -~]/g, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest - 3)}...` : plain;
}
