// The hosts that mail is handed to, as a configuration writes them: one, or several in the order of
// preference, of which some may be equal; hosts by name or address, or sockets of this machine.

import { bad, good, type Result } from "../../result.ts";
import { describeValue } from "../problem.ts";
import type { HostGroups, NextHost } from "../transport-settings.ts";
import { formatEndpoint, mailEndpoint, readEndpoint } from "./endpoint.ts";

/** As the file has it: strings, and lists of equals. */
export type WrittenHosts = string | readonly (string | readonly string[])[];

/** A host whose port may be left to its protocol. */
export type ReadHost =
  | { readonly host: string; readonly port: number | undefined }
  | { readonly socket: string };

export type ReadHosts = readonly (readonly ReadHost[])[];

export const hostsExpected =
  'a host, with a port where it is not 25, such as "smtp.example.com:587" or "[2001:db8::1]", or a list of them';

const socketExpected = "the path of a socket, such as unix:/run/dovecot/lmtp";

export function readHosts(written: WrittenHosts): Result<ReadHosts, string> {
  const groups = typeof written === "string" ? [written] : written;
  if (groups.length === 0) return bad(`the list is empty; write ${hostsExpected}`);
  const read: ReadHost[][] = [];
  const seen = new Set<string>();
  for (const group of groups) {
    const equals: ReadHost[] = [];
    for (const text of typeof group === "string" ? [group] : group) {
      const host = readHost(text);
      if (!host.ok) return host;
      const key = JSON.stringify(host.value);
      if (seen.has(key)) return bad(`${describeValue(text)} is in the list twice; keep one`);
      seen.add(key);
      equals.push(host.value);
    }
    if (equals.length === 0) return bad(`a list is empty; write ${hostsExpected}`);
    read.push(equals);
  }
  return good(read);
}

function readHost(text: string): Result<ReadHost, string> {
  if (text.startsWith("unix:")) {
    const socket = text.slice("unix:".length);
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    const isPath = /^\/[^\u0000-\u001f\u007f]*[^\u0000-\u001f\u007f/]$/.test(socket);
    if (!isPath) return bad(`${describeValue(text)} does not fit here; write ${socketExpected}`);
    // The kernel's address holds no longer one (`sun_path`).
    if (new TextEncoder().encode(socket).length > 107) {
      return bad(
        `${describeValue(text)} is too long for a socket; 107 octets is all a path may have`,
      );
    }
    return good({ socket });
  }
  if (text === "mx") {
    return bad('`mx` stands alone, in a route; a host of that name is "mx:25"');
  }
  if (text.startsWith("/")) {
    return bad(`${describeValue(text)} is a path; for a socket write "unix:${text}"`);
  }
  const endpoint = readEndpoint(text, mailEndpoint);
  if (!endpoint.ok) return endpoint;
  const isPortWritten = /:[0-9]+$/.test(text);
  return good({ host: endpoint.value.host, port: isPortWritten ? endpoint.value.port : undefined });
}

/** `a.example:587`, `unix:/run/lmtp`. */
export function formatHost(host: NextHost): string {
  return "socket" in host ? `unix:${host.socket}` : formatEndpoint(host);
}

/** `a.example:25, else b.example:25 or c.example:25`. */
export function formatHosts(groups: HostGroups): string {
  return groups.map((equals) => equals.map(formatHost).join(" or ")).join(", else ");
}
