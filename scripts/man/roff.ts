// The few macros of man(7) that our pages need. Everything that comes from elsewhere passes `text` or
// `code`, so that nothing in it is taken for a macro.

export interface PageTitle {
  readonly name: string;
  readonly section: 1 | 5 | 8;
  readonly summary: string;
}

const manuals = { 1: "User Commands", 5: "File Formats", 8: "System Administration" } as const;

/** The page's head, up to its NAME. No date: the same sources make the same page. */
export function head({ name, section, summary }: PageTitle, version: string): string {
  const title = `.TH ${quoted(name.toUpperCase())} ${section} "" "Bailiwick ${version}" "${manuals[section]}"`;
  return [
    ".\\\" Written by scripts/man; edit the program's help and the schema's texts.",
    title,
    ".nh",
    ".ad l",
    heading("Name"),
    `${escape(name)} \\- ${escape(summary)}`,
  ].join("\n");
}

export function heading(title: string): string {
  return `.SH ${quoted(title.toUpperCase())}`;
}

export function subheading(title: string): string {
  return `.SS ${quoted(title)}`;
}

/** A paragraph; what stands in backquotes is bold. */
export function paragraph(words: string): string {
  return `.PP\n${line(words)}`;
}

/** A term with its meaning, indented. */
export function item(term: string, meaning: string): string {
  return `.TP\n${line(`\`${term}\``)}\n${meaning === "" ? "\\&" : line(meaning)}`;
}

/** More of the meaning of the item before. */
export function continued(words: string): string {
  return words === "" ? "" : `.IP\n${line(words)}`;
}

/** Lines that stay as they are. */
export function example(lines: readonly string[]): string {
  return [".PP", ".RS 4", ".nf", ...lines.map((each) => guarded(escape(each))), ".fi", ".RE"].join(
    "\n",
  );
}

/** Other pages: `bailiwick(1)`. */
export function references(pages: readonly string[]): string {
  const each = pages.map((page) => page.replace(/^(.*)\((\d)\)$/, "\\fB$1\\fR($2)"));
  return `${heading("See also")}\n${each.join(",\n").replaceAll("-", "\\-")}`;
}

function line(words: string): string {
  const bold = escape(words).replaceAll(/`([^`]+)`/g, "\\fB$1\\fR");
  return bold
    .split("\n")
    .map((each) => guarded(each.trim()))
    .join("\n");
}

/** A hyphen that is typed is no hyphen of a word; a backslash, a caret and a tilde are themselves. */
function escape(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha");
}

/** A full stop or an apostrophe at a line's start would be a macro. */
function guarded(each: string): string {
  return /^[.']/.test(each) ? `\\&${each}` : each;
}

function quoted(words: string): string {
  return `"${escape(words).replaceAll('"', "\\(dq")}"`;
}
