// Tables for a terminal.

/** Columns as wide as their widest cell, two spaces between, no trailing blanks. The first line may
 * be a header. */
export function formatTable(lines: readonly (readonly string[])[]): string {
  const columns = lines[0] ?? [];
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** `2026-11-22 21:07:09Z` */
export function formatTime(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 19).replace("T", " ") + "Z";
}

/** A span of time, in its largest two units: `3 h 20 min`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Columns that a terminal has, as far as we know. */
const usualWidth = 100;

/** Breaks text into lines at its spaces, each behind so many blanks, those after the first behind two
 * more. A word that is longer than a line stays whole. */
export function wrap(text: string, indent: number, width = usualWidth): string {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent + 2);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((each) => `${each}\n`).join("");
}
