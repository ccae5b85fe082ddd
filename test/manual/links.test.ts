// Links lead somewhere, and every page can be found from docs/README.md.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anchorsOf, isFolder, isThere, type Link, linksOf } from "./support/links.ts";
import { type Page, readPages } from "./support/pages.ts";

const pages: ReadonlyMap<string, Page> = new Map(readPages().map((page) => [page.path, page]));
const links = [...pages.values()].flatMap(linksOf);

function shown({ page, line, target, anchor }: Link): string {
  return `${page}:${line}: ${target}${anchor && `#${anchor}`}`;
}

test("every link leads to a file or a folder that is there", () => {
  assert.deepEqual(links.filter(({ target }) => !isThere(target)).map(shown), []);
});

test("every link to a place in a page leads to a heading", () => {
  const lost = links.filter(({ target, anchor }) => {
    const page = pages.get(target);
    return anchor !== "" && page !== undefined && !anchorsOf(page).has(anchor);
  });
  assert.deepEqual(lost.map(shown), []);
});

test("every page is found from docs/README.md", () => {
  const reached = new Set<string>();
  const waiting = ["docs/README.md"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { page, target } of links) {
      if (page !== path) continue;
      waiting.push(target);
      // A folder shows what is in it.
      if (isFolder(target))
        waiting.push(...[...pages.keys()].filter((each) => each.startsWith(`${target}/`)));
    }
  }
  const lost = [...pages.keys()].filter((path) => path !== "README.md" && !reached.has(path));
  assert.deepEqual(lost, []);
});
