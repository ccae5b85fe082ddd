// Unique ids, when other servers were there before us.

import assert from "node:assert/strict";
import { mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { type TestMailbox, testMailbox } from "./fixture.test.ts";

const dovecotList = `3 V1275660208 N13 G00
11 :1.a:2,S
12 W77 :2.a
`;
const courierList = `/3 6 1275660208
1.a:2,S 55 3:1275660208:0
2.a 66 5:1275660208:0
`;
const fromDovecot = ["0000000b4c0907b0", "0000000c4c0907b0"];
const fromCourier = ["UID3-1275660208", "UID5-1275660208"];

async function mailboxWith(
  context: TestContext,
  lists: Readonly<Record<string, string>>,
): Promise<TestMailbox> {
  const mailbox = await testMailbox(context);
  await mailbox.writeAll(["cur/1.a:2,FS", "new/2.a", "new/3.a"]);
  for (const [name, text] of Object.entries(lists)) await mailbox.write(name, text);
  return mailbox;
}

test("where nobody was before us, ids are names, and stay so", async (context) => {
  const mailbox = await mailboxWith(context, {});
  assert.deepEqual(await mailbox.uids(), ["1.a", "2.a", "3.a"]);
  assert.equal(await mailbox.text("bailiwick-uids"), "1 none\n");
  await mailbox.write("dovecot-uidlist", dovecotList);
  await mailbox.write("courierpop3dsizelist", courierList);
  assert.deepEqual(await mailbox.uids(), ["1.a", "2.a", "3.a"]);
});

describe("after Dovecot", () => {
  test("its ids are kept for the messages that it knew", async (context) => {
    const mailbox = await mailboxWith(context, { "dovecot-uidlist": dovecotList });
    assert.deepEqual(await mailbox.uids(), [...fromDovecot, "3.a"]);
    assert.equal(await mailbox.text("bailiwick-uids"), "1 dovecot 1275660208 13\n");
    assert.deepEqual((await mailbox.sizes()).slice(1), [77, 17]);
  });

  test("what it numbers later keeps the id that we gave it", async (context) => {
    const mailbox = await mailboxWith(context, { "dovecot-uidlist": `${dovecotList}13 :9.gone\n` });
    await mailbox.uids();
    await mailbox.write("dovecot-uidlist", `${dovecotList}14 :3.a:2,S\n`);
    assert.deepEqual(await mailbox.uids(), [...fromDovecot, "3.a"]);
    assert.equal(await mailbox.text("bailiwick-uids"), "1 dovecot 1275660208 14\n");
  });

  test("numbers of a new list are not taken for those of the old", async (context) => {
    const mailbox = await mailboxWith(context, { "dovecot-uidlist": dovecotList });
    await mailbox.uids();
    await mailbox.write("dovecot-uidlist", dovecotList.replace("V1275660208", "V1999999999"));
    assert.deepEqual(await mailbox.uids(), ["1.a", "2.a", "3.a"]);
  });

  test("a list that is broken off tells what it has", async (context) => {
    const mailbox = await mailboxWith(context, { "dovecot-uidlist": dovecotList.slice(0, -3) });
    assert.deepEqual(await mailbox.uids(), [fromDovecot[0], "2.a", "3.a"]);
  });

  for (const [what, text] of [
    ["empty", ""],
    ["binary", "\0\xff".repeat(100_000)],
    ["of a version to come", dovecotList.replace("3 V", "9 V")],
  ] as const) {
    test(`a list that is ${what} is none`, async (context) => {
      const mailbox = await mailboxWith(context, { "dovecot-uidlist": text });
      assert.deepEqual(await mailbox.uids(), ["1.a", "2.a", "3.a"]);
    });
  }

  test("a list that gives two messages one id does not have its way", async (context) => {
    const list = "3 V1 N3\n1 PX :1.a\n2 PX :2.a\n3 P3.a :2.a\n4 PX :3.a\n5 Pa\x7fb :1.a\n";
    const mailbox = await mailboxWith(context, { "dovecot-uidlist": list });
    const uids = await mailbox.uids();
    assert.equal(new Set(uids).size, 3);
    assert.deepEqual(uids.slice(0, 2), ["X", "3.a"]);
  });

  test("a link or a pipe in the list's place is none", async (context) => {
    const mailbox = await mailboxWith(context, { other: dovecotList });
    await symlink("other", join(mailbox.folder, "dovecot-uidlist"));
    await mkdir(join(mailbox.folder, "courierpop3dsizelist"));
    assert.deepEqual(await mailbox.uids(), ["1.a", "2.a", "3.a"]);
  });
});

describe("after Courier", () => {
  test("its ids are kept for the messages that it knew, and its sizes", async (context) => {
    const mailbox = await mailboxWith(context, { courierpop3dsizelist: courierList });
    assert.deepEqual(await mailbox.uids(), [...fromCourier, "3.a"]);
    assert.deepEqual(await mailbox.sizes(), [55, 66, 17]);
    assert.equal(await mailbox.text("bailiwick-uids"), "1 courier 1275660208 6\n");
    await mailbox.write("courierpop3dsizelist", `${courierList}3.a 5 7:1275660208:0\n`);
    assert.deepEqual(await mailbox.uids(), [...fromCourier, "3.a"]);
  });

  test("older numbers of its are kept as well", async (context) => {
    const list = courierList
      .replace("3:1275660208", "70:1100000000")
      .replace("5:1275660208", "80:0");
    const mailbox = await mailboxWith(context, { courierpop3dsizelist: list });
    const uids = ["UID70-1100000000", "UID80", "3.a"];
    assert.deepEqual(await mailbox.uids(), uids);
    assert.deepEqual(await mailbox.uids(), uids);
  });
});

test("of two lists, the one counts that was written last", async (context) => {
  const lists = { "dovecot-uidlist": dovecotList, courierpop3dsizelist: courierList };
  for (const [last, uids] of [
    ["dovecot-uidlist", fromDovecot],
    ["courierpop3dsizelist", fromCourier],
  ] as const) {
    const mailbox = await mailboxWith(context, lists);
    await utimes(join(mailbox.folder, last), 2_000_000_000, 2_000_000_000);
    assert.deepEqual((await mailbox.uids()).slice(0, 2), uids);
    await rm(join(mailbox.folder, "bailiwick-uids"));
  }
});

test("a note of ours that is damaged is made anew", async (context) => {
  const mailbox = await mailboxWith(context, { "dovecot-uidlist": dovecotList });
  for (const text of ["", "2 none\n", "1 dovecot\n", "1 none"]) {
    await writeFile(join(mailbox.folder, "bailiwick-uids"), text);
    assert.deepEqual(await mailbox.uids(), [...fromDovecot, "3.a"]);
    assert.equal(await mailbox.text("bailiwick-uids"), "1 dovecot 1275660208 13\n");
  }
});
