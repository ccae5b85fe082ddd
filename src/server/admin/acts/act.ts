// An act: one operation as the HTTP API and its description have it, from the strings that people write to
// plain JSON.

import type { z } from "zod";
import { bad, good, type Result } from "../../../core/result.ts";
import type { Credentials } from "../../../io/store/account-store.ts";
import type { Scope } from "../access/scopes.ts";
import type { ServerOperations } from "../server-operations.ts";

/** What acts need beside the operations. */
export interface ActTools {
  /** What is kept of a password. Rejects where it cannot be a password, or too many are in work. */
  readonly makeCredentials: (password: string) => Promise<Credentials>;
  /** UTC milliseconds. */
  readonly now: () => number;
}

interface Definition<Input extends z.ZodObject, Output extends z.ZodType> {
  /** Unique, and the name of the operation where it is one. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`; `{name}` stands for an argument. */
  readonly path: string;
  readonly scope: Scope;
  /** One line. */
  readonly summary: string;
  /** Whether it changes something. */
  readonly changes: boolean;
  readonly input: Input;
  readonly output: Output;
  /** Arguments and results that nobody else may see. */
  readonly secret?: readonly string[];
  /** Operations that it has done, beside the one of its name. */
  readonly also?: readonly (keyof ServerOperations)[];
  readonly perform: (
    operations: ServerOperations,
    values: z.output<Input>,
    tools: ActTools,
  ) => Promise<z.output<Output>>;
}

export interface Act extends Omit<Definition<z.ZodObject, z.ZodType>, "perform"> {
  /** Reads the values; the problem says which one is wrong, and what to write. What it resolves with
   * has it done. */
  readonly prepare: (values: Readonly<Record<string, unknown>>) => Result<Prepared, string>;
}

type Prepared = (operations: ServerOperations, tools: ActTools) => Promise<unknown>;

export function act<Input extends z.ZodObject, Output extends z.ZodType>(
  definition: Definition<Input, Output>,
): Act {
  const { perform, input, ...rest } = definition;
  return {
    ...rest,
    input,
    prepare(values) {
      const read = input.safeParse(values);
      if (!read.success) return bad(explain(read.error, input));
      return good((operations, tools) => perform(operations, read.data, tools));
    },
  };
}

function explain(error: z.ZodError, input: z.ZodObject): string {
  const known = Object.keys(input.shape);
  return error.issues
    .map((issue) => {
      if (issue.code === "unrecognized_keys") {
        const what = known.length === 0 ? "nothing is expected" : `there are ${known.join(", ")}`;
        return `unknown: ${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(", ")}; ${what}`;
      }
      const place = issue.path.map(String).join(".");
      return place === "" ? issue.message : `${place}: ${issue.message}`;
    })
    .slice(0, 5)
    .join("; ");
}
