// What is where once the packages are installed.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { bashCompletion } from "../help/bash-completion.ts";
import { programHelp } from "../help/commands.ts";
import { copyrightFile } from "./licences.ts";
import { copyModule, productionModules } from "./modules.ts";

export interface TreeOptions {
  /** The checkout, with `dist` built. */
  readonly root: string;
  readonly tree: string;
  /** An entry for Debian's changelog. */
  readonly changelog: string;
}

/** The server: program, runtime, units, manual.
 * @param strip takes the runtime's symbols out, which nobody needs who runs it */
export async function layServer(options: TreeOptions, strip: boolean): Promise<void> {
  const { root, tree } = options;
  layProgram(options, strip);
  const debian = join(root, "packaging/debian/bailiwick");
  for (const script of ["config", "postinst", "prerm", "postrm", "templates"]) {
    copy(join(debian, script), join(tree, "DEBIAN", script));
  }
  for (const unit of readdirSync(join(root, "packaging/systemd"))) {
    copy(join(root, "packaging/systemd", unit), join(tree, "lib/systemd/system", unit));
  }
  copy(join(debian, "lintian-overrides"), join(tree, "usr/share/lintian/overrides/bailiwick"));
  copy(join(debian, "sysusers"), join(tree, "usr/lib/sysusers.d/bailiwick.conf"));
  copy(join(debian, "tmpfiles"), join(tree, "usr/lib/tmpfiles.d/bailiwick.conf"));
  copy(
    join(debian, "bailiwick.yaml"),
    join(tree, "usr/share/doc/bailiwick/examples/bailiwick.yaml"),
  );
  write(
    join(tree, "usr/share/bash-completion/completions/bailiwick"),
    bashCompletion(await programHelp()),
  );
  layManual(options);
  layDocumentation(options, "bailiwick", true);
}

/** What makes it this machine's sendmail. */
export function laySendmail(options: TreeOptions): void {
  const { root, tree } = options;
  const debian = join(root, "packaging/debian/bailiwick-sendmail");
  copy(join(debian, "sendmail"), join(tree, "usr/sbin/sendmail"));
  link("../sbin/sendmail", join(tree, "usr/lib/sendmail"));
  link("../sbin/sendmail", join(tree, "usr/bin/mailq"));
  link("../sbin/sendmail", join(tree, "usr/bin/newaliases"));
  link("../man1/bailiwick-sendmail.1.gz", join(tree, "usr/share/man/man8/sendmail.8.gz"));
  link("bailiwick-queue.1.gz", join(tree, "usr/share/man/man1/mailq.1.gz"));
  link("bailiwick-sendmail.1.gz", join(tree, "usr/share/man/man1/newaliases.1.gz"));
  layDocumentation(options, "bailiwick-sendmail", false);
}

function layProgram({ root, tree }: TreeOptions, strip: boolean): void {
  const home = join(tree, "usr/lib/bailiwick");
  copy(join(root, "bin/bailiwick"), join(home, "bin/bailiwick"));
  copy(join(root, "package.json"), join(home, "package.json"));
  for (const file of globSync(["**/*.js", "**/static/**/*"], { cwd: join(root, "dist") })) {
    copy(join(root, "dist", file), join(home, "dist", file));
  }
  for (const module of productionModules(root)) copyModule(join(root, module), join(home, module));
  const runtime = join(home, "node_modules/node/bin/node");
  copy(join(root, "node_modules/node/bin/node"), runtime);
  if (strip) spawnSync("strip", ["--strip-unneeded", runtime]);
  link("../lib/bailiwick/bin/bailiwick", join(tree, "usr/bin/bailiwick"));
}

function layManual({ root, tree }: TreeOptions): void {
  for (const page of readdirSync(join(root, "dist/man"))) {
    const folder = join(tree, `usr/share/man/man${page.at(-1)}`);
    write(
      join(folder, `${page}.gz`),
      gzipSync(readFileSync(join(root, "dist/man", page)), { level: 9 }),
    );
  }
}

function layDocumentation(
  { root, tree, changelog }: TreeOptions,
  name: string,
  withManual: boolean,
): void {
  const folder = join(tree, "usr/share/doc", name);
  write(join(folder, "changelog.gz"), gzipSync(changelog, { level: 9 }));
  const modules = withManual ? productionModules(root) : [];
  write(join(folder, "copyright"), copyrightFile(root, modules));
  if (withManual) {
    for (const page of globSync("{*,recipes/*}.md", { cwd: join(root, "docs") })) {
      copy(join(root, "docs", page), join(folder, page));
    }
    // For programs: editors, clients of the HTTP API.
    for (const file of globSync("*.json", { cwd: join(root, "docs") })) {
      copy(join(root, "docs", file), join(tree, "usr/share/bailiwick", file));
    }
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
