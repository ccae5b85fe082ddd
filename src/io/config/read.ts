// Reads the configuration file. What can go wrong with the file itself is told like what can go
// wrong in it: as problems, with what to do.

import { errorText } from "../../core/error-text.ts";
import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseConfiguration } from "../../core/config/parse.ts";
import type { ConfigurationProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import { bad, good, type Result } from "../../core/result.ts";

/** Octets. A configuration with many thousand domains fits; a log file or a store does not. */
const largest = 1024 * 1024;

/** Reads and checks the file at `path`. Relative paths in it start at its own folder. */
export async function readConfiguration(
  path: string,
): Promise<Result<Settings, readonly ConfigurationProblem[]>> {
  const octets = await readOctets(path);
  if (!octets.ok) return bad([{ file: path, key: "", text: octets.problem }]);
  const text = decode(octets.value);
  if (!text.ok) return bad([{ file: path, key: "", ...text.problem }]);
  return parseConfiguration(text.value, { file: path, folder: dirname(resolve(path)) });
}

async function readOctets(path: string): Promise<Result<Buffer, string>> {
  const chunks: Buffer[] = [];
  try {
    // One octet more than allowed shows that there are too many; `end` counts from 0.
    for await (const chunk of createReadStream(path, { end: largest })) chunks.push(chunk);
  } catch (error) {
    return bad(explain(error));
  }
  const octets = Buffer.concat(chunks);
  if (octets.length <= largest) return good(octets);
  return bad("the file is larger than 1 MB; name the configuration file with -c FILE");
}

function explain(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file; write one, or name another with -c FILE";
    case "EISDIR":
      return "this is a folder; name the file in it with -c FILE";
    case "EACCES":
    case "EPERM":
      return "this user may not read the file; change its owner or mode";
    default:
      return `the file cannot be read: ${errorText(error)}`;
  }
}

type EncodingProblem = Required<Pick<ConfigurationProblem, "position" | "text">>;

function decode(octets: Buffer): Result<string, EncodingProblem> {
  try {
    return good(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch {
    const replaced = new TextDecoder().decode(octets);
    const before = replaced.slice(0, replaced.indexOf("\ufffd")).split("\n");
    const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return bad({ position, text: "this is not UTF-8; save the file in that encoding" });
  }
}
