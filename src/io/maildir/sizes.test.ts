// Sizes of messages, from wherever they are known.

import assert from "node:assert/strict";
import { symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { testMailbox } from "./fixture.test.ts";

test("a name's W= is believed, its S= is not enough", async (context) => {
  const mailbox = await testMailbox(context);
  await mailbox.write("new/1.a,S=3,W=999", "a\nb");
  await mailbox.write("cur/2.a,S=3:2,S", "a\nb");
  assert.deepEqual(await mailbox.sizes(), [999, 6]);
});

describe("a message whose name does not say its size", () => {
  test("is counted as it is sent, once", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "a\nb\n");
    await mailbox.write("cur/2.a:2,S", "a\r\nb\r\n");
    await mailbox.write("cur/3.a:2,", "no end");
    await mailbox.write("cur/4.a:2,", "");
    await mailbox.write("cur/5.a:2,", `${"x".repeat(65_535)}\n`.repeat(3));
    const sizes = [6, 6, 8, 0, 3 * 65_537];
    assert.deepEqual(await mailbox.sizes(), sizes);
    const lines = (await mailbox.text("bailiwick-sizes"))?.trim().split("\n").toSorted();
    assert.deepEqual(lines, ["0 4.a", "196611 5.a", "6 1.a", "6 2.a", "8 3.a"]);
    // Nobody changes a message; here it shows that it is not read again.
    await mailbox.write("cur/2.a:2,S", "something else");
    await mailbox.write("new/6.a", "a\n");
    assert.deepEqual(await mailbox.sizes(), [...sizes, 3]);
    assert.deepEqual(await mailbox.measure(), { messages: 6, octets: 196_634 });
  });

  test("is counted again where our list is damaged", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "a\n");
    await mailbox.write("new/2.a", "a\n");
    await mailbox.sizes();
    await writeFile(join(mailbox.folder, "bailiwick-sizes"), "x 1.a\n-1 1.a\n 1.a\n7\n\0\0\n12");
    await mailbox.write("new/3.a", "a\n");
    assert.deepEqual(await mailbox.sizes(), [3, 3, 3]);
    // What broke off does not run into what was added behind it.
    assert.deepEqual(await mailbox.sizes(), [3, 3, 3]);
    assert.match((await mailbox.text("bailiwick-sizes")) ?? "", /^12$/m);
  });

  test("does not fill our list with those that are gone", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "a\n");
    const old = Array.from({ length: 2000 }, (_, index) => `5 ${index}.gone\n`);
    await writeFile(join(mailbox.folder, "bailiwick-sizes"), old.join(""));
    assert.deepEqual(await mailbox.sizes(), [3]);
    assert.equal(await mailbox.text("bailiwick-sizes"), "3 1.a\n");
  });

  test("is not counted through a link, and nothing is written through one", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "a\n");
    await mailbox.write("other", "7 1.a\n");
    await symlink("other", join(mailbox.folder, "bailiwick-sizes"));
    assert.deepEqual(await mailbox.sizes(), [3]);
    assert.equal(await mailbox.text("other"), "7 1.a\n");
  });

  test("may have any name", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.\xff b", "a\n");
    await mailbox.write("new/2.a\n9 1.\xff b", "ab\n");
    assert.deepEqual(await mailbox.sizes(), [3, 4]);
    assert.deepEqual(await mailbox.sizes(), [3, 4]);
  });

  test("does not come at all when it is gone before it is counted", async (context) => {
    const mailbox = await testMailbox(context);
    const names = Array.from({ length: 300 }, (_, index) => `new/${index}.a`);
    await mailbox.writeAll(names);
    const opening = mailbox.session();
    await unlink(join(mailbox.folder, names.at(-1)!));
    const { messages } = await opening;
    assert.ok(messages.length >= 299);
    assert.ok(messages.every(({ size }) => size === 17));
  });
});

test("our list is added to in pieces, so that not all is lost", async (context) => {
  const mailbox = await testMailbox(context);
  await mailbox.write("new/1.a", "a\n");
  const names = Array.from({ length: 1100 }, (_, index) => `new/${index}.b`);
  await mailbox.writeAll(names);
  await mailbox.sizes();
  const text = (await mailbox.text("bailiwick-sizes")) ?? "";
  assert.equal(text.match(/^\d+ /gm)?.length, 1101);
  assert.equal(text.match(/^$/gm)?.length, 3, "an empty line before each addition, and the end");
});
