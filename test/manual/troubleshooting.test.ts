// docs/troubleshooting.md has an entry for every reply that the server can give, and none that it
// cannot; docs/http.md the same for statuses. `…` stands for what differs from case to case.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { firstCells, readPage, root, section } from "./support/pages.ts";
import { httpStatuses, pop3Replies, smtpReplies } from "./support/replies.ts";

const page = readPage("docs/troubleshooting.md");

/** First cells that are code and nothing else. */
function entriesBelow(heading: string): readonly string[] {
  return firstCells(section(page, heading)).map((cell) => {
    const code = /^`(?<code>[^`]+)`$/.exec(cell)?.groups?.["code"];
    assert.ok(code !== undefined, `no reply: ${cell}`);
    return code;
  });
}

/** The shape of an entry. What stands for `…` goes no further than it must; in an entry that has no
 * words of its own it is one word. */
function shapeOf(entry: string): RegExp {
  const parts = entry.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const gap = /^\S+ .*[A-Za-z]{2}/.test(entry) ? "\\S.*?" : "\\S+";
  return new RegExp(`^${parts.join(gap)}$`);
}

for (const [heading, replies] of [
  ["## SMTP", smtpReplies],
  ["## POP3", pop3Replies],
] as const) {
  describe(`${heading} in docs/troubleshooting.md`, () => {
    const entries = entriesBelow(heading);
    const shapes = entries.map(shapeOf);

    test("every reply has an entry", () => {
      const missing = replies.filter((reply) => !shapes.some((shape) => shape.test(reply)));
      assert.deepEqual(missing, []);
    });

    test("every entry has a reply", () => {
      const made = entries.filter((_, at) => !replies.some((reply) => shapes[at]?.test(reply)));
      assert.deepEqual(made, []);
    });

    test("no entry stands there twice", () => {
      assert.deepEqual(entries, [...new Set(entries)]);
    });

    test("no entry is for replies with another code", () => {
      const loose = entries.filter((entry) => !/^([2-5]\d\d|\+OK|-ERR|\+) /.test(entry));
      assert.deepEqual(loose, []);
    });
  });
}

test("docs/http.md and docs/api.md list the statuses of the admin listener", () => {
  const pages = ["docs/http.md", "docs/api.md"].map(readPage);
  const listed = pages.flatMap((each) => firstCells(section(each, "## Errors")));
  assert.deepEqual([...new Set(listed)].toSorted(), httpStatuses.toSorted());
});

/** Where replies are made: the tables that support/replies.ts takes samples from, and what passes on the
 * words of a filter, or plays another server. */
const makers: ReadonlySet<string> = new Set([
  "app/demo/sink.ts",
  "core/milter/outcome.ts",
  "core/policy/replies.ts",
  "core/pop3/replies.ts",
  "core/smtp/server/message-replies.ts",
  "core/smtp/server/replies.ts",
  "core/submission/refusals.ts",
]);

test("replies are made in the tables, and nowhere else", () => {
  const makes = /^import \{[^}]*\b(?:reply|ok|err)\b[^}]*\} from "[./\w-]*\/reply\.ts";$/m;
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const found = files.filter((name) => makes.test(readFileSync(join(root, "src", name), "utf8")));
  assert.deepEqual(found.toSorted(), [...makers].toSorted());
});
