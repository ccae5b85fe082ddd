// A configuration's values as a tree, each with its position. Only the plain part of YAML is taken:
// aliases and tags are refused, so that what stands on a line is what counts.

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { KeyPath } from "./problem.ts";

/** Counted from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of the file, with what lies inside it. */
export interface Located {
  readonly value: unknown;
  readonly position: Position;
  /** Where its key stands; for a list's item and for the root, the value itself. */
  readonly keyPosition: Position;
  readonly children: ReadonlyMap<string | number, Located>;
}

export interface TreeProblem {
  readonly position: Position;
  readonly path: KeyPath;
  readonly text: string;
}

/** No configuration is nested as deeply as this; a bomb may be. */
const deepest = 20;

export const tooDeep = "this is nested too deeply to be a configuration; take it out";

export const aliasRefused =
  'this is a YAML alias, which is not used here; write the value out, or "*" in quotes';

const notAKey =
  'this cannot be a key; write a plain word, or, where it is an IPv6 address, quotes: "[::1]:25"';

/** Turns YAML's nodes into located values, and gathers what is wrong on the way. */
export class TreeBuilder {
  readonly problems: TreeProblem[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** The tree below a node. `keyOffset` is where its key stands, if it has one. */
  build(node: Node | null, path: KeyPath, keyOffset?: number): Located {
    const offset = node?.range?.[0] ?? keyOffset ?? 0;
    const position = positionAt(this.#lines, offset);
    const keyPosition = keyOffset === undefined ? position : positionAt(this.#lines, keyOffset);
    return { position, keyPosition, ...this.#contents(node, path, offset) };
  }

  #contents(node: Node | null, path: KeyPath, offset: number): Pick<Located, "value" | "children"> {
    const fault = faultOf(node, path);
    if (fault !== undefined) this.#report(offset, path, fault);
    else if (isMap<Node | null, Node | null>(node)) return this.#mapping(node, path);
    else if (isSeq<Node | null>(node)) return this.#list(node, path);
    return { value: isScalar(node) ? node.value : null, children: new Map() };
  }

  #mapping(
    map: YAMLMap<Node | null, Node | null>,
    path: KeyPath,
  ): Pick<Located, "value" | "children"> {
    const children = new Map<string, Located>();
    for (const pair of map.items) {
      const key = keyOf(pair);
      const offset = pair.key?.range?.[0] ?? map.range?.[0] ?? 0;
      const earlier = key === undefined ? undefined : children.get(key);
      if (key === undefined) {
        this.#report(offset, path, notAKey);
      } else if (earlier !== undefined) {
        const { line } = earlier.keyPosition;
        this.#report(offset, [...path, key], `the same key stands on line ${line}; keep one`);
      } else {
        children.set(key, this.build(pair.value, [...path, key], offset));
      }
    }
    const entries = [...children].map(([key, { value }]) => [key, value] as const);
    return { value: Object.fromEntries(entries), children };
  }

  #list(list: YAMLSeq<Node | null>, path: KeyPath): Pick<Located, "value" | "children"> {
    const items = list.items.map((item, index) => this.build(item, [...path, index]));
    return { value: items.map(({ value }) => value), children: new Map(items.entries()) };
  }

  #report(offset: number, path: KeyPath, text: string): void {
    this.problems.push({ position: positionAt(this.#lines, offset), path, text });
  }
}

/** The line and column of an offset in the text that the counter has seen. */
export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function faultOf(node: Node | null, path: KeyPath): string | undefined {
  if (path.length > deepest) return tooDeep;
  if (isAlias(node)) return aliasRefused;
  const tag = node?.tag;
  return tag === undefined ? undefined : `the YAML tag ${tag} is not used here; take it out`;
}

/** A key's text; undefined where it is a list, a mapping, an alias or nothing. JavaScript's own
 * `__proto__` is none either: the schema's library would pass over it without a word. */
function keyOf({ key }: Pair<Node | null, Node | null>): string | undefined {
  if (!isScalar(key) || key.tag !== undefined) return undefined;
  const text = typeof key.value === "string" ? key.value : key.source;
  return text === "__proto__" ? undefined : text;
}
