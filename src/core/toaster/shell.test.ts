import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { readScript } from "./shell.ts";

function words(text: string, files: Readonly<Record<string, string>> = {}) {
  return readScript(text, (path) => files[path]).map((command) => command.words);
}

const characters = Array.from("ab =$`\"'\\(){}\n#;&|");

suite("readScript", () => {
  test("joins lines, takes quotes off, and leaves comments out", () => {
    const text = `#!/bin/sh
# a comment; with a command
exec softlimit -m 1 \\
  tcpserver "a b" 'c "d"' e\\ f#g # the end
next
`;
    assert.deepEqual(words(text), [
      ["exec", "softlimit", "-m", "1", "tcpserver", "a b", 'c "d"', "e f#g"],
      ["next"],
    ]);
    assert.deepEqual(
      readScript(text, () => undefined).map(({ line }) => line),
      [3, 5],
    );
  });

  test("puts variables in, and what control files hold", () => {
    const text = `MAX=\`cat /c/max\`
LISTS="$(head -1 /c/lists)"
QUOTED="-c $MAX"
x -c "$MAX" $LISTS \${QUOTED} "$QUOTED" $NOBODY \`id -u vpopmail\` $(cat /none)
`;
    const files = { "/c/max": "20\n", "/c/lists": "-r a.test -r b.test\n" };
    assert.deepEqual(words(text, files), [
      [
        "x",
        "-c",
        "20",
        "-r",
        "a.test",
        "-r",
        "b.test",
        "-c",
        "20",
        "-c 20",
        "$NOBODY",
        "$(id",
        "-u",
        "vpopmail)",
        "$(cat",
        "/none)",
      ],
    ]);
  });

  test("tells commands apart", () => {
    assert.deepEqual(words("a; b && c || d | e 2>&1 & f"), [
      ["a"],
      ["b"],
      ["c"],
      ["d"],
      ["e", "2>&1"],
      ["f"],
    ]);
    assert.deepEqual(words("A=1 b"), [["A=1", "b"]]);
    assert.deepEqual(words("a\r\nb\\\r\nc\r\n"), [["a"], ["bc"]]);
  });

  test("ends, whatever there is", () => {
    for (const text of [
      "'open",
      '"open',
      "`open",
      "$(open",
      "${",
      "$",
      "\\",
      "a\\",
      "A=`cat $A`",
    ]) {
      words(text);
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...characters) }), (text) => {
        words(text);
      }),
    );
    assert.equal(words("A=$A$A\n".repeat(10_000)).length, 0);
  });
});
