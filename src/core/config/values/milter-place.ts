// Where a filter listens: `127.0.0.1:11332`, or a socket of this machine, `unix:/run/opendkim.sock`.

import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";
import type { Endpoint } from "../settings.ts";
import { formatEndpoint, readEndpoint } from "./endpoint.ts";

export type MilterPlace = Endpoint | { readonly socket: string };

export const milterExpected =
  'an address and a port, such as "127.0.0.1:11332", or a socket, such as "unix:/run/opendkim.sock"';

export function readMilterPlace(text: string): Result<MilterPlace, string> {
  const socket = /^unix:(\/\P{Cc}+)$/u.exec(text)?.[1];
  if (socket !== undefined) return good({ socket });
  if (text.startsWith("/") || text.startsWith("unix:")) return bad(unfit(text, milterExpected));
  return readEndpoint(text, { hosts: "addresses", lowestPort: 1, expected: milterExpected });
}

export function formatMilterPlace(place: MilterPlace): string {
  return "socket" in place ? `unix:${place.socket}` : formatEndpoint(place);
}
