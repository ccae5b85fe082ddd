// The copyright file: every package has the licences of what is in it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @param modules folders of the modules that are in the package, as `node_modules/zod`; with them comes
 * the runtime, whose licences npm does not keep beside it */
export function copyrightFile(root: string, modules: readonly string[]): string {
  const own = readFileSync(join(root, "LICENSE"), "utf8");
  if (modules.length === 0) return `Bailiwick\n\n${own}`;
  const runtime = withoutApache(
    readFileSync(join(root, "packaging/debian/node-24.LICENSE"), "utf8"),
  );
  return [
    "Bailiwick is under the licence that follows. What it uses of others is below\n" +
      "/usr/lib/bailiwick/node_modules, each under its own licence, which stands here too.\n",
    own,
    ...modules.map((module) => `${title(root, module)}\n\n${textOf(join(root, module))}`),
    `The runtime, Node.js\n\n${runtime}`,
  ].join(`\n${"-".repeat(80)}\n\n`);
}

interface ModuleFacts {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

function title(root: string, module: string): string {
  const facts: ModuleFacts = JSON.parse(readFileSync(join(root, module, "package.json"), "utf8"));
  const { name, version, license = "" } = facts;
  return `${name} ${version} (${typeof license === "string" ? license : JSON.stringify(license)})`;
}

function textOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const texts = names.map((name) => readFileSync(join(folder, name), "utf8").trim());
  return `${withoutApache(texts.join("\n\n"))}\n`;
}

/** Debian has that text on every machine. */
function withoutApache(text: string): string {
  return text.replaceAll(
    /TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION.*?(END OF TERMS AND CONDITIONS|$)/gs,
    "(its text is in /usr/share/common-licenses/Apache-2.0)",
  );
}
