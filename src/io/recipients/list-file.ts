import { readFile } from "node:fs/promises";
import type { Domain } from "../../core/mail/domain.ts";
import { type RecipientList, readRecipientList } from "../../core/recipients/recipient-list.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { errorCode } from "../error-code.ts";

/** Problems that are told of one file. */
const mostTold = 5;

/** Reads a list of a domain's recipients. The problem is a sentence that names the file, and lines. */
export async function readRecipientFile(
  path: string,
  domain: Domain,
): Promise<Result<RecipientList, string>> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const why = error instanceof TypeError ? "it is no text in UTF-8" : errorCode(error);
    return bad(`the recipients of ${domain} cannot be read from ${path}: ${why}`);
  }
  const list = readRecipientList(text, domain);
  if (list.ok) return good(list.value);
  const told = list.problem
    .slice(0, mostTold)
    .map(({ line, text: why }) => `${path}:${line}: ${why}`);
  const more = list.problem.length - told.length;
  return bad(told.join("; ") + (more > 0 ? `; and ${more} more` : ""));
}
