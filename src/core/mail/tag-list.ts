// Lists of `tag=value`, as DKIM, DMARC, MTA-STS and TLS-RPT write their records (RFC 6376 §3.2).

/** The tags in their order; the values without white space around them. Undefined where the text is no
 * such list, or names a tag twice. */
export function parseTagList(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(";");
  // A semicolon may stand behind the last one.
  if (parts.length > 1 && parts.at(-1)?.trim() === "") parts.pop();
  for (const part of parts) {
    const { name = "", value = "" } =
      /^\s*(?<name>[A-Za-z][A-Za-z0-9_]*)\s*=\s*(?<value>[^]*)$/.exec(part)?.groups ?? {};
    if (name === "" || tags.has(name)) return undefined;
    tags.set(name, value.trimEnd());
  }
  return tags;
}
