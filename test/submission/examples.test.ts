// What submission does, as a person reads it: each file says who sends, what comes, and what is kept of it
// or told to the client. UPDATE_GOLDEN=1 writes what comes out anew; read it before it is committed.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { octetByOctet } from "../support/pieces.ts";
import { takeIn } from "../support/intake.ts";

const folder = new URL("./", import.meta.url);
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

const beforeMark = "---- before\n";
const afterMark = "---- after\n";

async function outcome(head: string, before: string): Promise<string> {
  const given = new Map(
    head.split("\n").flatMap((line) => {
      const [, key = "", value = ""] = /^([a-z-]+): (.*)$/.exec(line) ?? [];
      return key === "" ? [] : [[key, value] as const];
    }),
  );
  const login = given.get("login");
  const { kept, reply } = await takeIn({
    pieces: octetByOctet(Buffer.from(before.replaceAll("\n", "\r\n"))),
    ...(login !== undefined && { login }),
    rules: {
      checkFrom: given.get("check-from") !== "false",
      hideClient: given.get("hide-client") === "true",
    },
  });
  return (kept?.octets.toString() ?? reply).replaceAll("\r\n", "\n");
}

for (const name of readdirSync(folder).filter((each) => each.endsWith(".txt"))) {
  const text = readFileSync(new URL(name, folder), "utf8");
  const [head = "", rest = ""] = text.split(beforeMark);
  const [before = "", after] = rest.split(afterMark);
  test(`${name}: ${head.slice(0, head.indexOf("\n"))}`, async () => {
    const found = await outcome(head, before);
    if (isUpdate) {
      writeFileSync(new URL(name, folder), `${head}${beforeMark}${before}${afterMark}${found}`);
    } else {
      assert.equal(found, after);
    }
  });
}
