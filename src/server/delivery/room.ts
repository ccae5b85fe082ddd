// Who has room in delivery. Each flow, and each destination, may take up as much as is left for others: so
// one alone has half of the room, two have a third each, and whoever comes new finds some (dynamic
// thresholds, as switches share their buffers).

import type { Line } from "./line.ts";

/** Messages. */
export interface Room {
  readonly most: number;
  readonly active: number;
}

/** @param hasStood in line: while others do, who has not has half of the room */
export function hasRoom(room: Room, line: Line, flow: string, hasStood: boolean): boolean {
  const free = room.most - room.active;
  const share = line.isWaitedFor && !hasStood ? 0.5 : 1;
  // A destination has room for the first of another sender, where one fills its part of it.
  return line.activeOf(flow) < free * share && line.active.messages < 2 * free;
}

/** Messages to bring from a line at once. */
export const lineBatch = 500;

/** Worth asking the store for more. */
export function wantsMore(room: Room, line: Line): boolean {
  const free = room.most - room.active;
  return line.active.messages < Math.min(lineBatch / 2, free);
}
