// What the manual names is there: commands, options, keys of the configuration, files of the repository.

import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { parseConfiguration } from "../../src/core/config/parse.ts";
import { formatProblem } from "../../src/core/config/problem.ts";
import { isThere } from "./support/links.ts";
import {
  faultOfCall,
  isKey,
  isOption,
  program,
  type Span,
  spansOf,
  topKeys,
} from "./support/names.ts";
import { blocksOf, isOfItsTime, readPages } from "./support/pages.ts";

/** Where a shell looks for a command. */
const callBegins = /(?:^ *|&& |\| |; |\$\()(?:\$ )?(?:bin\/)?bailiwick (?=[a-z-])/;

/** Of vpopmail's `configure`, `npm run bench`, curl and container engines. */
const optionsOfOthers = new Set(["--disable-many-domains", "--strace", "--crlf", "--network host"]);

const pages = readPages().filter((page) => !isOfItsTime(page));
const spans = pages.flatMap(spansOf);

function at({ page, line }: Span, fault: string): string {
  return `${page}:${line}: ${fault}`;
}

/** The words of a call as a shell would see them, up to what ends the command. */
function wordsOf(text: string): readonly string[] {
  const [call = ""] = text.split(/ #| \| | && | > | 2> | <<|;|\)/);
  return [...call.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) =>
    word.replaceAll(/^['"]|['"]$/g, ""),
  );
}

test("commands in the text, and their options, are there", () => {
  const names = new Set(program.commands.map((command) => command.name()));
  const faults = spans.flatMap((span) => {
    const [first = "", ...rest] = wordsOf(span.text);
    if (first === "bailiwick" || first === "bin/bailiwick") {
      const fault = faultOfCall(rest);
      return fault === undefined ? [] : [at(span, fault)];
    }
    // `queue why ID`, where the page is about them.
    const command = names.has(first) && program.commands.find((each) => each.name() === first);
    if (command === false || command === undefined || rest.length === 0) return [];
    if (!command.commands.some((each) => each.name() === rest[0])) return [];
    const fault = faultOfCall([first, ...rest]);
    return fault === undefined ? [] : [at(span, fault)];
  });
  assert.deepEqual(faults, []);
});

test("commands in blocks, and their options, are there", () => {
  const faults = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "sh" || language === "")
      .flatMap((block) =>
        block.text
          .replaceAll("\\\n", " ")
          .split("\n")
          .flatMap((line) => {
            if (line.trimStart().startsWith("#")) return [];
            const calls = line.split(callBegins).slice(1);
            if (block.language === "" && !/^(\$ )?bailiwick [a-z-]+( |$)/.test(line)) return [];
            return calls.flatMap((call) => {
              const fault = faultOfCall(wordsOf(call));
              return fault === undefined ? [] : [`${page.path}:${block.line}: ${fault}`];
            });
          }),
      ),
  );
  assert.deepEqual(faults, []);
});

test("options that stand alone are some command's", () => {
  const faults = spans
    .filter(({ text }) => /^--[a-z-]+( |$)/.test(text))
    .filter(({ text }) => !isOption(text.split(" ")[0] ?? "") && !optionsOfOthers.has(text));
  assert.deepEqual(
    faults.map((span) => at(span, span.text)),
    [],
  );
});

test("keys of the configuration are in the schema", () => {
  const faults = spans.filter(({ text }) => {
    if (!/^[a-z-]+(\[\])?(\.[A-Za-z-]+(\[\])?)+$/.test(text)) return false;
    const top = topKeys.get(text.split(/[.[]/)[0] ?? "");
    // `store.db` is a file; nothing is below a key such as `store`.
    return top !== undefined && !isPlain(top) && !isKey(text);
  });
  assert.deepEqual(
    faults.map((span) => at(span, span.text)),
    [],
  );
});

function isPlain({ type }: { readonly type?: unknown }): boolean {
  return type === "string";
}

test("parts of a configuration in the text are in order", () => {
  const faults = spans.flatMap((span) => {
    const part = partIn(span.text);
    if (part === undefined) return [];
    const text = `${part}\nhostname: mail.example.org\n`;
    const read = parseConfiguration(text, { file: "bailiwick.yaml", folder: "/etc/bailiwick" });
    return read.ok
      ? []
      : read.problem.map((problem) => at(span, `${span.text}: ${formatProblem(problem)}`));
  });
  assert.deepEqual(faults, []);
});

/** YAML that begins with a key of the configuration, and has more than one value. */
function partIn(text: string): string | undefined {
  const key = /^(?<key>[a-z-]+): [[{]/.exec(text)?.groups?.["key"];
  if (key === undefined || !topKeys.has(key) || text.includes("…")) return undefined;
  try {
    parse(text);
    return text;
  } catch {
    return undefined;
  }
}

test("files of the repository are there", () => {
  const folders = /^(?:src|test|docs|bench|scripts|bin|core|io|server|app)\/[\w./-]+$/;
  const faults = spans.filter(({ page, text }) => {
    if (!folders.test(text) || text.includes("...")) return false;
    const places = [text, join("src", text), normalize(join(dirname(page), text))];
    return !places.some(isThere);
  });
  assert.deepEqual(
    faults.map((span) => at(span, span.text)),
    [],
  );
});
