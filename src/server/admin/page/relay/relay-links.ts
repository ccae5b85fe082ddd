// Where the parts of the map lead.

import { formatIp } from "../../../../core/mail/ip.ts";
import type { Square, View } from "../../../../core/policy/proof/map/view.ts";
import { clientPath } from "../links.ts";

/** Into the square; a single address leads to what happened to it. */
export function urlOfSquare({ prefix }: Square): string {
  const address = formatIp(prefix.address);
  return prefix.length === 32 ? clientPath(address) : urlOfView(prefix);
}

export function urlOfView({ address, length }: View, from = 0): string {
  const view = length === 0 ? "/relay" : `/relay?view=${formatIp(address)}%2F${length}`;
  if (from === 0) return view;
  return `${view}${length === 0 ? "?" : "&"}from=${from}`;
}
