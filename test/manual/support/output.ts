// Compares what a page shows with what a command printed. Times, counts, addresses' numbers and ids are
// those of another day; `…` stands for anything.

/** The same for two outputs that differ in such things alone. */
function common(text: string): string {
  return text
    .replaceAll(/\b(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{11}\b/g, "ID")
    .replaceAll(/\b\d+ (?:d|h|min|s|ms)\b(?: \d+ (?:d|h|min|s|ms)\b)*/g, "A-WHILE")
    .replaceAll(/\d+/g, "N")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Where lines are broken is no matter. */
export function isShownBy(shown: string, printed: string): boolean {
  const parts = common(shown)
    .split("…")
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*?")}$`).test(common(printed));
}
