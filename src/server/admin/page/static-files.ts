// The style sheet, the modules and the icon: read once, and served under names that change with what
// is in them, so that a browser may keep them for as long as it likes.

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Route } from "../http/route.ts";

export interface StaticFiles {
  readonly urlOf: (name: string) => string;
  readonly routes: readonly Route[];
}

interface StaticFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** They lie beside this file, in a checkout and in the package alike. */
const folder = new URL("./static/", import.meta.url);

/** All of them are below one name that is made from all of their contents: so modules find each other
 * by `./other.js`.
 * @param others files of libraries, by the name that they are to have here. */
export async function readStaticFiles(
  others: Readonly<Record<string, URL>> = {},
): Promise<StaticFiles> {
  const own = (await readdir(folder)).filter((name) => typeOf(name) !== undefined);
  const sources = [
    ...own.toSorted().map((name) => [name, new URL(name, folder)] as const),
    ...Object.entries(others),
  ];
  const files = await Promise.all(sources.map(([name, url]) => read(name, url)));
  const hash = createHash("sha256");
  for (const { name, content } of files)
    hash.update(`${name}\0${content.length}\0`).update(content);
  const base = `/static/${hash.digest("hex").slice(0, 12)}`;
  const names = new Set(files.map(({ name }) => name));
  return {
    urlOf(name) {
      if (!names.has(name)) throw new Error(`there is no static file ${name}`);
      return `${base}/${name}`;
    },
    routes: files.map((file) => routeOf(base, file)),
  };
}

async function read(name: string, url: URL): Promise<StaticFile> {
  const content = new Uint8Array(await readFile(url));
  return { name, type: typeOf(name) ?? "application/octet-stream", content };
}

function typeOf(name: string): string | undefined {
  return types[name.slice(name.lastIndexOf(".") + 1)];
}

function routeOf(base: string, { name, type, content }: StaticFile): Route {
  const headers = { "content-type": type, "cache-control": "public, max-age=31536000, immutable" };
  return {
    method: "GET",
    path: `${base}/${name}`,
    access: "open",
    handle: (context) => context.body(content, 200, headers),
  };
}
