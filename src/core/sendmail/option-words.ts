// Words into options, as getopt(3) does it: letters may share a word, a value may stand in the same word
// or in the next, and `--` ends the options.

import { bad, good, type Result } from "../result.ts";

/** `none`: the letter alone; `needed`: a value, here or in the next word; `attached`: a value in the
 * same word, or none. */
const kinds = {
  A: "attached",
  B: "needed",
  b: "needed",
  C: "needed",
  c: "none",
  d: "attached",
  e: "attached",
  F: "needed",
  f: "needed",
  G: "none",
  h: "needed",
  I: "none",
  i: "none",
  L: "needed",
  m: "none",
  N: "needed",
  n: "none",
  O: "needed",
  o: "needed",
  p: "needed",
  q: "attached",
  R: "needed",
  r: "needed",
  t: "none",
  U: "none",
  V: "needed",
  v: "none",
  X: "needed",
  x: "none",
} as const;

export type Letter = keyof typeof kinds;

export interface Word {
  readonly letter: Letter;
  /** Empty where there is none. */
  readonly value: string;
}

interface Words {
  readonly options: readonly Word[];
  readonly operands: readonly string[];
}

/** Operands may stand between options, as with GNU's getopt. */
export function readWords(words: readonly string[]): Result<Words, string> {
  const options: Word[] = [];
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return good({ options, operands: [...operands, ...words.slice(at + 1)] });
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const read = readLetters(word, words[at + 1]);
    if (!read.ok) return read;
    options.push(...read.value.options);
    if (read.value.tookNext) at++;
  }
  return good({ options, operands });
}

interface Letters {
  readonly options: readonly Word[];
  readonly tookNext: boolean;
}

function readLetters(word: string, next: string | undefined): Result<Letters, string> {
  const options: Word[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (!isLetter(letter)) return bad(`-${letter} is no option that is known here`);
    const rest = word.slice(at + 1);
    const kind = kinds[letter];
    if (kind === "attached" || (kind === "needed" && rest !== "")) {
      return good({ options: [...options, { letter, value: rest }], tookNext: false });
    }
    if (kind === "needed") {
      if (next === undefined) return bad(`-${letter} needs a value`);
      return good({ options: [...options, { letter, value: next }], tookNext: true });
    }
    options.push({ letter, value: "" });
  }
  return good({ options, tookNext: false });
}

function isLetter(text: string): text is Letter {
  return Object.hasOwn(kinds, text);
}
