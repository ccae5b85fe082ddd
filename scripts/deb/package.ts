// A Debian package from a folder of files and a few facts.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  /** Debian's word: `amd64`, `arm64` or `all`. */
  readonly architecture: string;
  /** Fields of the control file, beside those that follow from the rest. */
  readonly fields: Readonly<Record<string, string>>;
  /** The synopsis, and what follows it. */
  readonly description: readonly [string, ...string[]];
}

/** Writes NAME_VERSION_ARCHITECTURE.deb into `into`, and returns its path.
 * @param tree the files as they will be installed; maintainer scripts are in its DEBIAN
 * @param compression what dpkg-deb is told, such as `-Zxz` */
export function buildPackage(
  facts: PackageFacts,
  tree: string,
  into: string,
  compression: string,
): string {
  const { name, version, architecture } = facts;
  const files = filesBelow(tree);
  setModes(tree);
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  const size = files.reduce((sum, file) => sum + readFileSync(join(tree, file)).length, 0);
  write(join(tree, "DEBIAN/control"), control(facts, Math.ceil(size / 1024)));
  write(
    join(tree, "DEBIAN/md5sums"),
    files.map((file) => `${md5(join(tree, file))}  ${file}\n`).join(""),
  );
  mkdirSync(into, { recursive: true });
  const file = join(into, `${name}_${version}_${architecture}.deb`);
  rmSync(file, { force: true });
  const words = ["--root-owner-group", compression, "--build", tree, file];
  const { status, stderr } = spawnSync("dpkg-deb", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`dpkg-deb failed: ${stderr}`);
  return file;
}

function control({ name, version, architecture, fields, description }: PackageFacts, size: number) {
  const [synopsis, ...lines] = description;
  const all = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: "Bailiwick maintainers <maintainers@bailiwick.invalid>",
    "Installed-Size": String(size),
    Section: "mail",
    Priority: "optional",
    ...fields,
    Description: [synopsis, ...lines.map((line) => ` ${line === "" ? "." : line}`)].join("\n"),
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}

/** Paths of the files of the package, links left out. */
function filesBelow(tree: string): readonly string[] {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .filter((file) => !file.startsWith("DEBIAN/"))
    .toSorted();
}

/** Whoever builds it, with whatever umask: all may read, nobody else may write. */
function setModes(tree: string): void {
  chmodSync(tree, 0o755);
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, isProgram(path.slice(tree.length)) ? 0o755 : 0o644);
  }
}

function isProgram(path: string): boolean {
  return /\/s?bin\/[^/]+$|^\/DEBIAN\/(config|p(re|ost)(inst|rm))$/.test(path);
}

function write(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o644);
}

function md5(file: string): string {
  return createHash("md5").update(readFileSync(file)).digest("hex");
}
