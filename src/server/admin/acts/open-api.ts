// The acts as an OpenAPI 3.1 description: for programs that write clients, and for people.

import { z } from "zod";
import { scopes } from "../access/scopes.ts";
import type { Act } from "./act.ts";
import type { ActGroup } from "./all.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** Arguments that are lists: in a query each item has the name once more. */
export function listedNames({ input }: Act): ReadonlySet<string> {
  const properties = Object.entries(schemaOf(input, "input").properties ?? {});
  return new Set(properties.filter(([, schema]) => isList(schema)).map(([name]) => name));
}

function isList(schema: unknown): boolean {
  return (
    typeof schema === "object" && schema !== null && "type" in schema && schema.type === "array"
  );
}

/** Names in a path. */
export function placeholders(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

export function openApi(groups: readonly ActGroup[]): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Bailiwick",
      version: "1",
      description:
        "What an operator can do, for programs. See docs/api.md. Errors have a body such as " +
        '{"error":"what is wrong, and what to do"}.',
    },
    servers: [{ url: "/api/v1" }],
    tags: groups.map(({ name }) => ({ name })),
    paths: pathsOf(groups),
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: `From \`bailiwick token add\`. Scopes: ${scopeList()}.`,
        },
      },
      responses: {
        error: {
          description: "it was not done",
          content: {
            "application/json": {
              schema: {
                type: "object",
                properties: { error: { type: "string" } },
                required: ["error"],
              },
            },
          },
        },
      },
    },
  };
}

function scopeList(): string {
  return Object.entries(scopes)
    .map(([name, allows]) => `\`${name}\` (${allows})`)
    .join("; ");
}

function pathsOf(groups: readonly ActGroup[]): object {
  const all = groups.flatMap(({ name, acts }) => acts.map((act) => ({ act, tag: name })));
  const paths = Map.groupBy(all, ({ act }) => act.path);
  return Object.fromEntries(
    Array.from(paths, ([path, there]) => [
      path,
      Object.fromEntries(
        there.map(({ act, tag }) => [act.method.toLowerCase(), operationOf(act, tag)]),
      ),
    ]),
  );
}

function operationOf(act: Act, tag: string): object {
  const { properties = {}, required = [] } = schemaOf(act.input, "input");
  const inPath = placeholders(act.path);
  const isRead = act.method === "GET" || act.method === "DELETE";
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inQuery = isRead ? others : [];
  const inBody = isRead ? [] : others;
  const parameters = [...inPath, ...inQuery].map((name) =>
    parameterOf(name, properties[name], inPath.includes(name) || required.includes(name), inPath),
  );
  return {
    operationId: act.name,
    tags: [tag],
    summary: act.summary,
    security: [{ token: [act.scope] }],
    ...(parameters.length > 0 && { parameters }),
    ...(inBody.length > 0 && { requestBody: bodyOf(act, inBody, properties, required) }),
    responses: {
      200: {
        description: "done",
        content: { "application/json": { schema: schemaOf(act.output, "output") } },
      },
      default: { $ref: "#/components/responses/error" },
    },
  };
}

function parameterOf(
  name: string,
  schema: unknown,
  required: boolean,
  inPath: readonly string[],
): object {
  return {
    name,
    in: inPath.includes(name) ? "path" : "query",
    required,
    ...(isList(schema) && { style: "form", explode: true }),
    schema,
  };
}

function bodyOf(
  { secret = [] }: Act,
  names: readonly string[],
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): object {
  const needed = names.filter((name) => required.includes(name));
  const shown = names.map((name) => {
    const property = properties[name];
    const isSecret = secret.includes(name) && typeof property === "object";
    return [name, isSecret ? { ...property, writeOnly: true } : property];
  });
  return {
    required: needed.length > 0,
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: Object.fromEntries(shown),
          ...(needed.length > 0 && { required: needed }),
          additionalProperties: false,
        },
      },
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // That nobody changes a list in here says nothing to those outside.
      delete jsonSchema.readOnly;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return rest;
}
