// Where things stand in a configuration file: from a key's path to a file, line and column.

import { type ConfigurationProblem, formatKey, type KeyPath } from "./problem.ts";
import type { Place } from "./settings.ts";
import type { Located } from "./tree.ts";

export interface Source {
  /** As messages name it. */
  readonly file: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly root: Located;
}

/** The place of a value, or of the nearest thing around it where the file leaves it to a default. */
export function placeOf({ file, root }: Source, path: KeyPath): Place {
  return { file, ...find(root, path).position };
}

/** The place of a key or of a list's item. */
export function placeOfKey({ file, root }: Source, path: KeyPath): Place {
  return { file, ...find(root, path).keyPosition };
}

function find(root: Located, path: KeyPath): Located {
  let found = root;
  for (const part of path) {
    const child = found.children.get(part);
    if (child === undefined) return found;
    found = child;
  }
  return found;
}

/** A problem at a place of the file, as `parseConfiguration` returns it. */
export function problemAt(place: Place, path: KeyPath, text: string): ConfigurationProblem {
  const { file, line, column } = place;
  return { file, position: { line, column }, key: formatKey(path), text };
}
