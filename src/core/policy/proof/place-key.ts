import type { Place } from "../../config/settings.ts";

/** Equal for equal places, to tell lines of the configuration apart in a map. */
export function placeKey(place: Place | undefined): string {
  return place === undefined ? "" : `${place.line}:${place.column}:${place.file}`;
}
