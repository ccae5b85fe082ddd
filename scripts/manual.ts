// The pages of docs/ that are written from the program: from the schemas of the configuration and of the acts,
// from the metrics, and from the commands' help.

import { format } from "oxfmt";
import { commandsPage } from "./help/commands-page.ts";
import { programHelp } from "./help/commands.ts";
import { metricsPage } from "./metrics-page.ts";
import {
  configurationJsonSchema,
  entryOf,
  type JsonSchema,
  propertiesOf,
} from "../src/core/config/schema/json-schema.ts";
import { actGroups } from "../src/server/admin/acts/all.ts";
import { openApi } from "../src/server/admin/acts/open-api.ts";

/** The example at the top of the manual. */
export const example = `hostname: mail.example.org
user: bailiwick # become this user once the ports are bound
postmaster: admin@example.org

relay:
  networks: ["10.1.0.0/16", "2001:db8:1::/48"] # may send to anyone

domains:
  example.org: { deliver: mailboxes }
  example.net: { relay-to: "mx1.example.net" } # we are its secondary MX

routes:
  - { to: "*", via: "smtp.example.com:587" } # all other mail goes through a provider

limits: { message-size: 50MB }
`;

/** Kinds of values, for people. */
export const kinds = [
  {
    name: "duration",
    text:
      "a whole number with `s`, `m`, `h` or `d` (seconds, minutes, hours, days), at most `24d`: `90s`, " +
      "`15m`, `3h`, `5d`.",
  },
  {
    name: "size",
    text:
      "a whole number of octets, or one with `KB`, `MB` or `GB`, which are 1,024 octets, 1,024 KB and " +
      "1,024 MB.",
  },
  {
    name: "rate",
    text:
      "how many in how long, a number and a duration with `per` between: `100 per 1h`. `none` is no " +
      "limit.",
  },
  {
    name: "endpoint",
    text:
      "a host and a port with a colon between, IPv6 addresses in brackets: " +
      '`"192.0.2.1:25"`, `"[::1]:25"`, `"smtp.example.com:587"`. In quotes, because YAML knows brackets ' +
      "and colons too.",
  },
  {
    name: "network",
    text:
      'an IP address, or a prefix with its length: `"192.0.2.7"`, `"192.0.2.0/24"`, `"2001:db8::/48"`. ' +
      "Bits behind the length must be zero.",
  },
  { name: "path", text: "relative paths start at the folder of the configuration file." },
] as const;

const opening = `<!-- Written by \`npm run docs\` from src/core/config/schema; edit the texts there. -->

# Configuration

One YAML file: the one that \`-c FILE\` names, else \`./bailiwick.yaml\`, else
\`/etc/bailiwick/bailiwick.yaml\`. Only \`hostname\` must be given:

\`\`\`yaml
${example}\`\`\`

A file with an error is refused as a whole, and every error is shown with its line and column. An
unknown key is an error, and so is a key that is given twice. YAML's aliases and tags are not used.
For completion and checks while you type, point your editor at
[bailiwick.schema.json](bailiwick.schema.json).

Kinds of values:

${kinds.map(({ name, text }) => `- _${name}_: ${text}`).join("\n")}
`;

export interface Page {
  /** Its file's name in `docs`. */
  readonly name: string;
  readonly content: string;
}

/** All pages, formatted as the formatter would leave them. */
export async function documentationPages(): Promise<readonly Page[]> {
  const schema = configurationJsonSchema();
  return Promise.all([
    formatted("configuration.md", manual(schema)),
    formatted("bailiwick.schema.json", JSON.stringify(schema)),
    formatted("commands.md", commandsPage(await programHelp())),
    formatted("openapi.json", JSON.stringify(openApi(actGroups))),
    formatted("metrics.md", metricsPage()),
  ]);
}

async function formatted(name: string, text: string): Promise<Page> {
  const { code, errors } = await format(name, text, { printWidth: 100, proseWrap: "always" });
  if (errors.length > 0) throw new Error(`${name}: ${errors.map((error) => error.message).join()}`);
  return { name, content: code };
}

function manual(schema: JsonSchema): string {
  const chapters = [...propertiesOf(schema)].flatMap(([key, property]) =>
    describeKey(key, property, {
      depth: 2,
      required: schema.required?.includes(key) ?? false,
    }),
  );
  return [opening, ...chapters].join("\n\n");
}

interface Standing {
  /** Of the heading. */
  readonly depth: number;
  readonly required: boolean;
}

function describeKey(key: string, schema: JsonSchema, standing: Standing): readonly string[] {
  const heading = `${"#".repeat(standing.depth)} \`${key}\``;
  const kind = kindOf(schema, standing.required);
  return [heading, kind, schema.description ?? "", ...inner(key, schema, standing)];
}

function inner(key: string, schema: JsonSchema, { depth }: Standing): readonly string[] {
  const entry = entryOf(schema);
  const holder = entry ?? schema;
  const place = placeIn(schema, key);
  return [...propertiesOf(holder)].flatMap(([name, property]) =>
    describeKey(`${place}.${name}`, property, {
      depth: depth + 1,
      required: holder.required?.includes(name) ?? false,
    }),
  );
}

/** How what lies below a key is named: `domains.NAME`, `routes[]`. */
export function placeIn(schema: JsonSchema, key: string): string {
  if (entryOf(schema) === undefined) return key;
  return `${key}${isList(schema) ? "[]" : ".NAME"}`;
}

function isList({ type, anyOf = [] }: JsonSchema): boolean {
  return type === "array" || anyOf.some((one) => typeof one === "object" && one.type === "array");
}

/** The value's kind, whether it must be there, and its default. */
export function kindOf(
  { title, default: fallback, properties }: JsonSchema,
  required: boolean,
): string {
  if (properties !== undefined) return "";
  const standard = fallback === undefined ? [] : [`default \`${flow(fallback)}\``];
  return [`_${title}_`, ...(required ? ["required"] : []), ...standard].join(", ");
}

/** A default as one would write it in the file. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${flow(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  const text = String(value);
  return text.includes(":") ? `"${text}"` : text;
}
