// Passwords stand beside the configuration: in a file, or in an environment variable.

import type { z } from "zod";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { word } from "./fields.ts";

/** The name of an environment variable. */
export function variable(example: string): z.ZodType<string, string> {
  const expected = `the name of an environment variable, such as ${example}`;
  return word(expected, (written) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(written) ? good(written) : bad(unfit(written, expected)),
  );
}

interface WrittenPassword {
  readonly "password-file"?: string | undefined;
  readonly "password-variable"?: string | undefined;
}

export function hasOnePassword(entry: WrittenPassword): boolean {
  return (entry["password-file"] === undefined) !== (entry["password-variable"] === undefined);
}

export const onePasswordNeeded =
  "its password comes from one place; write `password-file` or `password-variable`";
