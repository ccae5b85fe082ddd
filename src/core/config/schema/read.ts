// Runs the schema over a configuration's values, and turns what it finds into problems with places.

import type { z } from "zod";
import { bad, good, type Result } from "../../result.ts";
import { nearest } from "../nearest.ts";
import type { ConfigurationProblem } from "../problem.ts";
import { placeOf, placeOfKey, problemAt, type Source } from "../source.ts";
import { type ConfigurationFile, configurationFile } from "./file.ts";
import { configurationJsonSchema, type JsonSchema, knownKeys } from "./json-schema.ts";

/** Reads every value by itself; the problems are all that there are. */
export function readValues(
  source: Source,
): Result<ConfigurationFile, readonly ConfigurationProblem[]> {
  const result = configurationFile.safeParse(source.root.value);
  if (result.success) return good(result.data);
  const schema = configurationJsonSchema();
  return bad(result.error.issues.flatMap((issue) => explain(issue, source, schema)));
}

function explain(
  issue: z.core.$ZodIssue,
  source: Source,
  schema: JsonSchema,
): readonly ConfigurationProblem[] {
  // Symbols cannot come out of YAML.
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(schema, path);
      return issue.keys.map((key) => {
        const place = placeOfKey(source, [...path, key]);
        return problemAt(place, path, explainUnknownKey(key, known));
      });
    }
    case "invalid_key": {
      const text = issue.issues.map(({ message }) => message).join("; ");
      return [problemAt(placeOfKey(source, path), path, text)];
    }
    case "invalid_union": {
      // What is of one of the kinds by its outside is explained as that kind.
      const inside = issue.errors.find((issues) => issues.some((inner) => inner.path.length > 0));
      if (inside === undefined) return [problemAt(placeOf(source, path), path, issue.message)];
      return inside.flatMap((inner) =>
        explain({ ...inner, path: [...path, ...inner.path] }, source, schema),
      );
    }
    default:
      return [problemAt(placeOf(source, path), path, issue.message)];
  }
}

function explainUnknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const advice =
    meant === undefined
      ? `the keys here are ${known.map((name) => `\`${name}\``).join(", ")}`
      : `did you mean \`${meant}\`?`;
  return `unknown key \`${key}\`; ${advice}`;
}
