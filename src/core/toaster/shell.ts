// As much of the shell's language as run scripts are written in: words, quotes, variables, and values
// that are read from control files. Nothing is ever run.

export interface ShellCommand {
  readonly words: readonly string[];
  /** On which it begins. */
  readonly line: number;
}

/** What a file that the script reads holds; undefined where that is not known. */
export type FileValue = (path: string) => string | undefined;

/** Characters of a script that are read; a run script has a few hundred. */
const longest = 65_536;

/** Characters that variables and files may put in, all together; doubling them soon fills any memory. */
const mostPutIn = 262_144;

/** The script's simple commands, with its own variables put in. */
export function readScript(text: string, fileValue: FileValue): readonly ShellCommand[] {
  return new ScriptReader(text.slice(0, longest), fileValue).read();
}

class ScriptReader {
  readonly #text: string;
  readonly #fileValue: FileValue;
  readonly #variables = new Map<string, string>();
  readonly #commands: ShellCommand[] = [];
  #words: string[] = [];
  /** The word that is being read; undefined between two. */
  #word: string | undefined;
  #line = 1;
  #start = 1;
  #at = 0;
  #putIn = 0;

  constructor(text: string, fileValue: FileValue) {
    this.#text = text;
    this.#fileValue = fileValue;
  }

  read(): readonly ShellCommand[] {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return this.#commands;
  }

  #step(): void {
    const character = this.#text.charAt(this.#at++);
    switch (character) {
      case "\\":
        return this.#escape();
      case "\n":
        this.#endCommand();
        this.#line++;
        return;
      case ";":
      case "&":
      case "|":
        // `2>&1` stays one word.
        return this.#word?.endsWith(">") === true ? this.#append(character) : this.#endCommand();
      case " ":
      case "\t":
      case "\r":
        return this.#endWord();
      case "#":
        return this.#word === undefined ? this.#comment() : this.#append(character);
      case "'":
        return this.#append(this.#until("'"));
      case '"':
        return this.#append(this.#expand(this.#until('"')));
      case "`":
        return this.#split(this.#substitute(this.#until("`")));
      case "$":
        return this.#split(this.#dollar());
      default:
        this.#append(character);
    }
  }

  #append(text: string): void {
    if (this.#word === undefined && this.#words.length === 0) this.#start = this.#line;
    this.#word = (this.#word ?? "") + text;
  }

  /** A value outside of quotes falls into words. */
  #split(value: string): void {
    // In an assignment it does not.
    if (this.#word !== undefined && /^\w+=/.test(this.#word)) return this.#append(value);
    for (const [index, part] of value.split(/\s+/).entries()) {
      if (index > 0) this.#endWord();
      if (part !== "") this.#append(part);
    }
  }

  #escape(): void {
    const next = this.#text.charAt(this.#at++);
    if (next === "\n") this.#line++;
    else if (next === "\r" && this.#text.charAt(this.#at) === "\n") {
      this.#at++;
      this.#line++;
    } else this.#append(next);
  }

  #comment(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  /** What stands before the closing character, or all that is left. */
  #until(close: string): string {
    const found = this.#text.indexOf(close, this.#at);
    const end = found === -1 ? this.#text.length : found;
    const inside = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    this.#line += inside.split("\n").length - 1;
    return inside;
  }

  /** Behind a dollar sign. */
  #dollar(): string {
    if (this.#text.charAt(this.#at) === "(") {
      this.#at++;
      return this.#substitute(this.#until(")"));
    }
    const [whole = "", name = ""] =
      /^\{?(\w+)\}?/.exec(this.#text.slice(this.#at, this.#at + 80)) ?? [];
    this.#at += whole.length;
    return this.#valueOf(name) ?? `$${name}`;
  }

  #expand(text: string): string {
    return text
      .replace(/`([^`]*)`|\$\(([^)]*)\)/g, (_, one?: string, other?: string) =>
        this.#substitute(one ?? other ?? ""),
      )
      .replace(/\$\{?(\w+)\}?/g, (whole, name: string) => this.#valueOf(name) ?? whole);
  }

  /** `cat FILE`, `head -1 FILE`: what the file holds. */
  #substitute(command: string): string {
    const path = /^\s*(?:\S*\/)?(?:cat|head(?:\s+-n?\s*1)?)\s+"?([^\s"|;]+)"?/.exec(command)?.[1];
    const value = path === undefined ? undefined : this.#fileValue(this.#expand(path));
    return this.#bounded(value?.trim()) ?? `$(${command.trim()})`;
  }

  #valueOf(name: string): string | undefined {
    return this.#bounded(this.#variables.get(name));
  }

  #bounded(value: string | undefined): string | undefined {
    this.#putIn += value?.length ?? 0;
    return value !== undefined && this.#putIn > mostPutIn ? "" : value;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    const words = this.#words;
    this.#words = [];
    if (words.length === 0) return;
    const assignments = words.filter((word) => /^[A-Za-z_]\w*=/.test(word));
    if (assignments.length < words.length) {
      this.#commands.push({ words, line: this.#start });
      return;
    }
    for (const word of assignments) {
      const equals = word.indexOf("=");
      this.#variables.set(word.slice(0, equals), word.slice(equals + 1));
    }
  }
}
