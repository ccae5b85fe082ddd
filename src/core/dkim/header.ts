// Header fields in the form that DKIM signs (RFC 6376 §3.4.2, "relaxed"), and which of them are signed.
// Texts hold one octet a character, so that nothing is lost of what is no UTF-8.

export interface HeaderField {
  /** As it is written. */
  readonly name: string;
  /** Behind the colon, with its folding, without its last line end. */
  readonly value: string;
}

/** The fields of a header, each ended by CR LF, in their order. What has no colon is no field. */
export function readHeader(text: string): readonly HeaderField[] {
  return text.split(/\r\n(?![ \t])/).flatMap((line) => {
    const colon = line.indexOf(":");
    if (colon < 1) return [];
    return [{ name: line.slice(0, colon).trimEnd(), value: line.slice(colon + 1) }];
  });
}

/** Without a line end. */
export function relaxField({ name, value }: HeaderField): string {
  const unfolded = value.replaceAll("\r\n", "");
  return `${name.toLowerCase()}:${unfolded.replaceAll(/[ \t]+/g, " ").replace(/^ | $/g, "")}`;
}

/** Signed, and that there is no further one: whoever adds one, to change what a reader sees, breaks
 * the signature (RFC 6376 §8.15). */
const sealed = [
  "From",
  "Reply-To",
  "Subject",
  "To",
  "Cc",
  "In-Reply-To",
  "References",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
];
/** The same where there is one. The next server may add what is missing, and honestly so. */
const sealedWherePresent = ["Date", "Message-ID", "Sender"];
/** Signed as often as they are there: who hands the message on adds his own. */
const signed = [
  "Resent-Date",
  "Resent-From",
  "Resent-To",
  "Resent-Cc",
  "Resent-Message-ID",
  "List-Id",
  "List-Help",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Subscribe",
  "List-Post",
  "List-Owner",
  "List-Archive",
  "Content-ID",
  "Content-Description",
  "Content-Disposition",
  "Auto-Submitted",
  "TLS-Required",
];

/** What the `h=` tag names: a name stands there as often as it is signed, and once more where it is
 * sealed. */
export function namesToSign(fields: readonly HeaderField[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of fields) {
    const key = name.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const count = (name: string) => counts.get(name.toLowerCase()) ?? 0;
  const present = sealedWherePresent.filter((name) => count(name) > 0);
  return [
    ...[...sealed, ...present].flatMap((name) => repeat(name, count(name) + 1)),
    ...signed.flatMap((name) => repeat(name, count(name))),
  ];
}

function repeat(name: string, times: number): readonly string[] {
  return Array.from({ length: times }, () => name);
}

/** The fields that such names stand for, relaxed, in the order of the names: the last of a name comes
 * first, and a name that is left over stands for nothing (RFC 6376 §5.4.2). */
export function fieldsToSign(
  fields: readonly HeaderField[],
  names: readonly string[],
): readonly string[] {
  const left = new Map<string, HeaderField[]>();
  for (const field of fields) {
    const key = field.name.toLowerCase();
    const same = left.get(key);
    if (same === undefined) left.set(key, [field]);
    else same.push(field);
  }
  return names.flatMap((name) => {
    const field = left.get(name.toLowerCase())?.pop();
    return field === undefined ? [] : [relaxField(field)];
  });
}
