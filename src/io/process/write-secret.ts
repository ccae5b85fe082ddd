import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { replaceFile } from "../classic/replace-file.ts";

/** Puts a secret in the place of another one, for nobody else to read; whoever reads the file sees the
 * one or the other. */
export async function writeSecret(file: string, secret: string): Promise<Result<void, string>> {
  try {
    await replaceFile(file, Buffer.from(`${secret}\n`), 0o600);
    return good(undefined);
  } catch (error) {
    return bad(errorText(error));
  }
}
