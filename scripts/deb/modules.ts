// The modules that the program needs when it runs, and which of their files.

import { cpSync, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Folders such as `node_modules/zod`, relative to the checkout. */
export function productionModules(root: string): readonly string[] {
  const { packages }: Lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true && !path.includes("/@types/"))
    .map(([path]) => path)
    .filter((path) => existsSync(join(root, path)));
}

/** Types, source maps and texts for people are needed by nobody who runs it. */
const unneeded = /^\.|\.(d\.[cm]?ts|[cm]?ts|map|md|markdown|txt|flow|ya?ml|tgz|html|sh)$/i;
/** At the top of a module. */
const unneededFolder = /^(tests?|__tests__|examples?|docs?|bench(marks?)?)$/i;
/** Their texts are in the copyright file. */
const forPeople =
  /^(licen[cs]e|copying|notice|authors|changelog|history|readme)(?!.*\.[cm]?js(on)?$)/i;

export function copyModule(from: string, to: string): void {
  const programs = programsOf(from);
  cpSync(from, to, {
    recursive: true,
    filter(path) {
      const inside = path.slice(from.length + 1);
      if (inside === "") return true;
      // Modules inside have an entry, and a copy, of their own.
      if (inside === "node_modules" || programs.includes(inside)) return false;
      const name = basename(inside);
      return !unneeded.test(name) && !forPeople.test(name) && !unneededFolder.test(inside);
    },
  });
}

interface Commands {
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** The module's own commands, which nobody calls. */
function programsOf(folder: string): readonly string[] {
  const { bin = {} }: Commands = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return (typeof bin === "string" ? [bin] : Object.values(bin)).map((path) => join(path));
}
