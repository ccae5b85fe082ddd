// A file with accounts to import, as text.

import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { errorText } from "../core/error-text.ts";
import { ConfigurationError } from "./errors.ts";

/** Octets: some 100,000 lines. */
const mostOctets = 20_000_000;

/** @param file path, `-` for standard input. A byte order mark in front is dropped. */
export async function readAccountFile(file: string): Promise<string> {
  const octets = await readOctets(file);
  if (octets.length > mostOctets) {
    throw new ConfigurationError(`${file} is over 20 MB long; import it in parts`);
  }
  if (!isUtf8(octets)) {
    const { line, hint } = findWrongOctet(octets);
    throw new ConfigurationError(`${file}:${line}: this is no UTF-8${hint}`);
  }
  return new TextDecoder().decode(octets);
}

async function readOctets(file: string): Promise<Buffer> {
  try {
    if (file === "-") return await buffer(process.stdin);
    const handle = await open(file);
    // One octet more than is allowed is enough, whatever the file is.
    const stream = handle.createReadStream({ end: mostOctets });
    return await buffer(stream);
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${errorText(error)}`, { cause: error });
  }
}

function findWrongOctet(octets: Buffer): { readonly line: number; readonly hint: string } {
  const hint = "; save the file as UTF-8";
  if (octets[0] === 0xff || octets[0] === 0xfe) return { line: 1, hint: ` but UTF-16${hint}` };
  let line = 1;
  for (let at = 0; at < octets.length; line++) {
    const found = octets.indexOf("\n", at);
    const end = found === -1 ? octets.length : found + 1;
    if (!isUtf8(octets.subarray(at, end))) return { line, hint };
    at = end;
  }
  return { line, hint };
}
