// bailiwick.yaml(5), from the configuration's schema.

import {
  configurationJsonSchema,
  entryOf,
  type JsonSchema,
  propertiesOf,
} from "../../src/core/config/schema/json-schema.ts";
import { example as exampleFile, kindOf, kinds, placeIn } from "../manual.ts";
import type { ManualPage } from "./command-pages.ts";
import { continued, example, head, heading, item, paragraph, references } from "./roff.ts";

export function configurationPage(version: string): ManualPage {
  const schema = configurationJsonSchema();
  const summary = "the configuration of Bailiwick";
  const parts = [
    head({ name: "bailiwick.yaml", section: 5, summary }, version),
    heading("Synopsis"),
    item("./bailiwick.yaml", "where it is there"),
    item("/etc/bailiwick/bailiwick.yaml", "else"),
    heading("Description"),
    paragraph(
      "One YAML file, of which only `hostname` must be given. A file with an error is refused as a " +
        "whole, and every error is shown with its line and column. `bailiwick check` reads it without a " +
        "start.",
    ),
    example(exampleFile.trimEnd().split("\n")),
    heading("Values"),
    ...kinds.map(({ name, text }) => item(name, text.replaceAll("_", ""))),
    heading("Keys"),
    ...keysOf(schema, ""),
    references(["bailiwick(1)", "bailiwick(8)"]),
  ];
  return { file: "bailiwick.yaml.5", content: `${parts.join("\n")}\n` };
}

/** Every key with all below it, under its whole path. */
function keysOf(schema: JsonSchema, before: string): readonly string[] {
  return [...propertiesOf(schema)].flatMap(([key, property]) => {
    const path = `${before}${key}`;
    const kind = kindOf(property, schema.required?.includes(key) ?? false).replaceAll("_", "");
    const inner = entryOf(property) ?? property;
    return [
      item(path, kind === "" ? "\\&" : `(${kind})`.replaceAll("`", "")),
      continued(property.description ?? ""),
      ...keysOf(inner, `${placeIn(property, path)}.`),
    ];
  });
}
