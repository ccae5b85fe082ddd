import assert from "node:assert/strict";
import { test } from "node:test";
import { writeMoves } from "./maildirs.ts";

test("paths are one word of the shell's each, whatever is in them", () => {
  const text = writeMoves({
    accounts: [
      { name: "o'neil@example.org", aliases: [], maildir: "/d/$(id)/o'neil `x`/Maildir" },
      { name: "plain@example.org", aliases: [], maildir: "/d/plain/Maildir" },
      { name: "none@example.org", aliases: [], maildir: undefined },
    ],
    realPath: (installed) => `/old${installed}`,
    data: "/srv/my data",
  });
  assert.match(text, /^data=\$\{1:-'\/srv\/my data'\}$/m);
  assert.ok(
    text.includes(
      `take '/old/d/$(id)/o'\\''neil \`x\`/Maildir' "$data"/mail/'example.org/o'\\''neil'\n`,
    ),
  );
  assert.ok(text.includes('take /old/d/plain/Maildir "$data"/mail/example.org/plain\n'));
  assert.doesNotMatch(text, /none@|\/none/);
});

test("without old mail there is no script", () => {
  const accounts = [{ name: "a@example.org", aliases: [], maildir: undefined }];
  assert.equal(writeMoves({ accounts, realPath: (path) => path, data: "/d" }), "");
});
