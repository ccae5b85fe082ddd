// Pieces that the formats share.

import { type IpAddress, parseIp } from "../../mail/ip.ts";

/** An address at its place in a pattern; whether it is one is seen when it is read. */
export const address = String.raw`[0-9A-Fa-f:.]{2,45}`;

export function readClient(text: string | undefined): IpAddress | undefined {
  return text === undefined ? undefined : parseIp(text);
}

/** Whether a word that stands in every good line once stands there more often: then somebody has put a
 * line of his own into his name. */
export function isForged(message: string, word: string): boolean {
  return message.indexOf(word) !== message.lastIndexOf(word);
}
