// Where the links of a page lead, and which places a page has.

import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type Page, proseOf, root } from "./pages.ts";

export interface Link {
  readonly page: string;
  readonly line: number;
  /** From the repository's root; the page itself for a place in it. */
  readonly target: string;
  /** Behind the `#`; empty for the whole. */
  readonly anchor: string;
}

/** Links within the repository. */
export function linksOf(page: Page): readonly Link[] {
  return proseOf(page).flatMap((text, index) => {
    const found = [...text.matchAll(/\]\((?<to>[^)\s]+)\)/g)].map(({ groups }) => groups?.["to"]);
    return found.flatMap((to = "") => {
      if (/^[a-z]+:/.test(to)) return [];
      const [path = "", anchor = ""] = to.split("#");
      const target = path === "" ? page.path : normalize(join(dirname(page.path), path));
      return [{ page: page.path, line: index + 1, target, anchor }];
    });
  });
}

/** The names of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of proseOf(page)) {
    const title = /^#+ (?<title>.*)$/.exec(line)?.groups?.["title"];
    if (title === undefined) continue;
    const shown = title.replaceAll(/\[(?<text>[^\]]*)\]\([^)]*\)/g, "$<text>");
    const name = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let free = name;
    for (let count = 1; anchors.has(free); count++) free = `${name}-${count}`;
    anchors.add(free);
  }
  return anchors;
}

export function isThere(path: string): boolean {
  return existsSync(join(root, path));
}

export function isFolder(path: string): boolean {
  return isThere(path) && statSync(join(root, path)).isDirectory();
}
