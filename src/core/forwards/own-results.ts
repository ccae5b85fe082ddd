// What we found out about a message as it came, and wrote on top of it: what its seal repeats (RFC 8617
// §4.1.1) when it is sent on.

export interface OwnResults {
  /** The Authentication-Results field's value, with its folding. */
  readonly results: string;
  /** What is to be said of the seals before ours: there are none, or they hold. */
  readonly chain: "none" | "pass";
}

/** Undefined where there is nothing to seal on: we have not looked, the message bears our seal
 * already, or the seals before ours are broken, which no further one mends (§5.1).
 * @param header fields that each end in CR LF. Only what stands above the topmost Received field is
 * ours for sure: that one is our own.
 * @param hostname that we write into our fields */
export function readOwnResults(header: string, hostname: string): OwnResults | undefined {
  const fields = header.split(/\r?\n(?![ \t])/).map((field) => {
    const colon = field.indexOf(":");
    return { name: field.slice(0, colon).trim().toLowerCase(), value: field.slice(colon + 1) };
  });
  const received = fields.findIndex(({ name }) => name === "received");
  const above = fields.slice(0, received === -1 ? 0 : received);
  if (above.some(({ name }) => name === "arc-seal")) return undefined;
  const own = above.find(
    ({ name, value }) => name === "authentication-results" && isFrom(value, hostname),
  );
  if (own === undefined) return undefined;
  const said = arcResult(own.value);
  const hasChain = fields.some(({ name }) => name.startsWith("arc-"));
  if (said === "pass" && hasChain) return { results: own.value.trim(), chain: "pass" };
  if ((said === undefined || said === "none") && !hasChain) {
    return { results: own.value.trim(), chain: "none" };
  }
  return undefined;
}

function isFrom(value: string, hostname: string): boolean {
  return value.trim().split(/[;\s]/, 1)[0]?.toLowerCase() === hostname.toLowerCase();
}

/** Comments and quoted texts are foreign words. */
function arcResult(value: string): string | undefined {
  const bare = value.replace(/\([^()]*\)/g, " ").replace(/"(?:[^"\\]|\\.)*"/g, " ");
  return /;\s*arc=([a-z]+)/i.exec(bare)?.[1]?.toLowerCase();
}
