// What other programs do to a mailbox that is open.

import assert from "node:assert/strict";
import { mkdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { contentOf, testMailbox } from "./fixture.test.ts";

describe("while a mailbox is open", () => {
  test("what is renamed is found again, and what is removed is gone", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("new/1.a", "one\n");
    await mailbox.write("cur/2.a:2,", "two\n");
    await mailbox.write("cur/3.a:2,", "three\n");
    const session = await mailbox.session();
    await rename(join(mailbox.folder, "new/1.a"), join(mailbox.folder, "cur/1.a:2,"));
    await rename(join(mailbox.folder, "cur/2.a:2,"), join(mailbox.folder, "cur/2.a:2,S"));
    await unlink(join(mailbox.folder, "cur/3.a:2,"));
    await mailbox.deliver("new\r\n");
    assert.equal(await contentOf(session, 0), "one\n");
    assert.equal(await contentOf(session, 1), "two\n");
    await assert.rejects(contentOf(session, 2), {
      name: "MessageGone",
      message: /another program has removed it/,
    });
    await rename(join(mailbox.folder, "cur/2.a:2,S"), join(mailbox.folder, "cur/2.a:2,RS"));
    assert.equal(await session.remove([0, 1, 2, 2]), 0);
    assert.equal((await mailbox.files()).length, 1, "what came meanwhile");
    await assert.rejects(contentOf(session, 0), { name: "MessageGone" });
    await assert.rejects(contentOf(session, 17), { name: "MessageGone" });
  });

  test("a message that is being read stays readable when it is removed", async (context) => {
    const mailbox = await testMailbox(context);
    const content = "x".repeat(300_000);
    await mailbox.write("new/1.a", content);
    const session = await mailbox.session();
    let octets = 0;
    for await (const chunk of session.read(0)) {
      if (octets === 0) await unlink(join(mailbox.folder, "new/1.a"));
      octets += chunk.length;
    }
    assert.equal(octets, content.length);
  });

  test("all of many are found again after all were moved", async (context) => {
    const mailbox = await testMailbox(context);
    const names = Array.from({ length: 800 }, (_, index) => `${index + 1}.a,W=17`);
    await mailbox.writeAll(names.map((name) => `new/${name}`));
    const session = await mailbox.session();
    await mkdir(join(mailbox.folder, "cur"));
    for (const name of names) {
      await rename(join(mailbox.folder, "new", name), join(mailbox.folder, "cur", `${name}:2,S`));
    }
    assert.equal(await contentOf(session, 799), "Subject: test\n\n");
    assert.equal(await session.remove(Array.from(names.keys())), 0);
    assert.deepEqual(await mailbox.files(), []);
  });

  test("messages that move while it is being opened are there once each", async (context) => {
    const mailbox = await testMailbox(context);
    const names = Array.from({ length: 600 }, (_, index) => `${index + 1}.a,W=17`);
    await mailbox.writeAll(names.map((name) => `new/${name}`));
    await mkdir(join(mailbox.folder, "cur"));
    const moves = (async () => {
      for (const name of names) {
        await rename(join(mailbox.folder, "new", name), join(mailbox.folder, "cur", `${name}:2,`));
      }
    })();
    for (let round = 0; round < 3; round++) {
      const uids = await mailbox.uids();
      assert.equal(new Set(uids).size, uids.length);
      assert.ok(
        uids.every((uid) => uid.endsWith(",W=17")),
        "none is taken for another's twin",
      );
    }
    await moves;
    assert.equal((await mailbox.uids()).length, names.length);
  });
});
