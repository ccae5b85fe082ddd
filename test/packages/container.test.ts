// The Containerfile, read as an engine would: there is none on the machines that test it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function parse(text: string): readonly Instruction[] {
  return text
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

/** Paths of the context that nothing keeps out. */
const admitted = readFileSync(join(root, ".containerignore"), "utf8")
  .split("\n")
  .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));

/** What is wrong with a file. */
function lint(instructions: readonly Instruction[]): readonly string[] {
  const all = (name: string) => instructions.filter((each) => each.name === name);
  const problems: string[] = [];
  for (const { rest } of all("FROM")) {
    const [image = ""] = rest.split(" ");
    if (!/:\d[\w.-]*$/.test(image)) problems.push(`${image} has no pinned tag`);
  }
  if (all("ADD").length > 0) problems.push("ADD: COPY does less");
  for (const { rest } of all("COPY").filter((each) => !each.rest.startsWith("--from="))) {
    for (const source of rest.split(" ").slice(0, -1)) {
      if (!existsSync(join(root, source))) problems.push(`COPY ${source}: there is none`);
      if (!admitted.includes(source))
        problems.push(`COPY ${source}: .containerignore keeps it out`);
    }
  }
  for (const { name, rest } of instructions) {
    if (!["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"].includes(name)) continue;
    const form = name === "HEALTHCHECK" ? rest.replace(/^.*?CMD /, "") : rest;
    if (!isWords(form)) problems.push(`${name} is not in JSON: ${form}`);
  }
  const user = all("USER").at(-1)?.rest ?? "root";
  if (/^(root|0)(:|$)/.test(user)) problems.push("it runs as root");
  for (const name of ["HEALTHCHECK", "VOLUME", "EXPOSE", "ENTRYPOINT"]) {
    if (all(name).length !== 1) problems.push(`${name} is there ${all(name).length} times`);
  }
  return problems;
}

function isWords(text: string): boolean {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string");
  } catch {
    return false;
  }
}

const text = readFileSync(join(root, "Containerfile"), "utf8");

describe("the Containerfile", () => {
  test("pins what it builds on, copies what is there, and runs as nobody special", () => {
    assert.deepEqual(lint(parse(text)), []);
  });

  test("builds on the Node that the project pins", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const images = text.match(/^FROM \S+/gm) ?? [];
    assert.deepEqual(
      images.map((image) => /node:([\d.]+)-/.exec(image)?.[1]),
      images.map(() => devDependencies.node),
    );
  });

  test("would be found wanting otherwise", () => {
    const worse = text
      .replaceAll(/^FROM \S+/gm, "FROM debian:latest")
      .replace(/^USER.*\n/m, "ADD https://example.org/x /\n")
      .replace("COPY bin", "COPY docs nothing")
      .replace(/^CMD .*$/m, "CMD start");
    assert.deepEqual(lint(parse(worse)), [
      "debian:latest has no pinned tag",
      "debian:latest has no pinned tag",
      "ADD: COPY does less",
      "COPY docs: .containerignore keeps it out",
      "COPY nothing: there is none",
      "COPY nothing: .containerignore keeps it out",
      "CMD is not in JSON: start",
      "it runs as root",
    ]);
  });
});
