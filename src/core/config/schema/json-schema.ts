// The schema as plain data (JSON Schema 2020-12): for editors, for the manual, and to know which
// keys there are at a place.

import { z } from "zod";
import type { KeyPath } from "../problem.ts";
import { configurationFile } from "./file.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema of a configuration file, as it is written (before defaults). */
export function configurationJsonSchema(): JsonSchema {
  return z.toJSONSchema(configurationFile, {
    io: "input",
    override: ({ jsonSchema }) => {
      // The bounds of JavaScript's integers are no bounds of ours.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
}

/** The keys of a section, each with its schema, in the schema's order. */
export function propertiesOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  const entries = Object.entries(schema.properties ?? {});
  return new Map(entries.flatMap(([key, inner]) => (isSchema(inner) ? [[key, inner]] : [])));
}

/** The schema of what a list or a mapping with names of the operator's choice holds, also where it is
 * one of several kinds. */
export function entryOf(schema: JsonSchema): JsonSchema | undefined {
  const inner = schema.additionalProperties ?? schema.items;
  if (isSchema(inner)) return inner;
  return schema.anyOf?.filter(isSchema).map(entryOf).find(isSchema);
}

function isSchema(inner: JsonSchema["items"]): inner is JsonSchema {
  return typeof inner === "object" && !Array.isArray(inner);
}

/** The keys that a mapping at `path` may have. */
export function knownKeys(schema: JsonSchema, path: KeyPath): readonly string[] {
  let place: JsonSchema | undefined = schema;
  for (const part of path) {
    if (place === undefined) return [];
    place = propertiesOf(place).get(String(part)) ?? entryOf(place);
  }
  return place === undefined ? [] : [...propertiesOf(place).keys()];
}
