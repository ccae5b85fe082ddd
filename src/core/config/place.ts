// Places of the configuration, as messages name them.

import type { Place } from "./settings.ts";

/** `bailiwick.yaml:7`; what has no line, such as the store, is its name alone. */
export function formatPlace({ file, line }: Place): string {
  return line === 0 ? file : `${file}:${line}`;
}

/** ` (bailiwick.yaml:7)` behind what was said there; empty where no place is known. */
export function inBrackets(place: Place | undefined): string {
  return place === undefined ? "" : ` (${formatPlace(place)})`;
}
