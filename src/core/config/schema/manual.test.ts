import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { documentationPages, example } from "../../../../scripts/manual.ts";
import { parseConfiguration } from "../parse.ts";
import type { Settings } from "../settings.ts";
import { configurationJsonSchema, entryOf, type JsonSchema, propertiesOf } from "./json-schema.ts";

const docs = new URL("../../../../docs/", import.meta.url);

function settingsOf(text: string): Settings {
  const result = parseConfiguration(text, { file: "bailiwick.yaml", folder: "/" });
  return result.ok ? result.value : assert.fail(JSON.stringify(result.problem));
}

test("the pages in docs are what the schema says", async () => {
  for (const { name, content } of await documentationPages()) {
    const written = await readFile(new URL(name, docs), "utf8");
    assert.equal(written, content, `docs/${name} is not current; run \`npm run docs\``);
  }
});

test("the manual's example is a good configuration", () => {
  assert.equal(settingsOf(example).domains.length, 2);
});

test("every key has its text and its kind", () => {
  const check = (key: string, schema: JsonSchema): void => {
    assert.match(schema.description ?? "", /^[A-Z`].*\.$/, key);
    const isSection = schema.properties !== undefined;
    assert.equal(schema.title === undefined, isSection, key);
    for (const [name, inner] of propertiesOf(entryOf(schema) ?? schema)) check(name, inner);
  };
  for (const [name, schema] of propertiesOf(configurationJsonSchema())) check(name, schema);
});

/** What sections need whose keys do not all have defaults. */
const needed: Readonly<Record<string, string>> = {
  "relay.roaming.relay-table": "{ url: 'mysql://u@localhost/d', password-variable: P",
};

/** A configuration with one key beside the name. */
function fileWith(key: string, value: string): string {
  if (key === "") return "hostname: mx.test\n";
  const section = needed[key] === undefined ? value : `${needed[key]} }`;
  const nested = key.split(".").reduceRight((inner, part, index, parts) => {
    const beside = needed[parts.slice(0, index).join(".")];
    return `${beside === undefined ? "{" : `${beside},`} ${part}: ${inner} }`;
  }, section);
  return `hostname: mx.test\n${nested.slice(2, -2)}\n`;
}

function sectionOf(key: string): string {
  return key.split(".").slice(0, -1).join(".");
}

suite("a default written out changes nothing", async () => {
  const manual = await readFile(new URL("configuration.md", docs), "utf8");
  const stated = [...manual.matchAll(/^#+ `([a-z0-9.-]+)`\n\n_.*_, default `(.*)`$/gm)];

  test("and all defaults are found in the manual", () => {
    assert.ok(stated.length > 60, "the manual says what holds by default");
  });

  for (const [, key = "", value = ""] of stated) {
    test(`${key}: ${value}`, () => {
      // A section that may be left out is not the same as an empty one.
      assert.deepEqual(
        settingsOf(fileWith(key, value)),
        settingsOf(fileWith(sectionOf(key), "{}")),
      );
    });
  }
});
