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

  test("a message that shares its name with another is not taken for that one", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("cur/1.a:2,", "one\n");
    await mailbox.write("new/1.a", "two\n");
    const session = await mailbox.session();
    await unlink(join(mailbox.folder, "cur/1.a:2,"));
    await assert.rejects(contentOf(session, 0), { name: "MessageGone" });
    assert.equal(await session.remove([0]), 0);
    assert.equal(await contentOf(session, 1), "two\n");
  });

  test("a message that is renamed each time before it is reached is not taken for removed", async (context) => {
    const mailbox = await testMailbox(context);
    await mailbox.write("cur/1.a:2,", "one\n");
    const session = await mailbox.session();
    let at = "cur/1.a:2,";
    const others = { busy: true };
    const restless = (async () => {
      for (let round = 0; others.busy; round++) {
        const next = `cur/1.a:2,${"DFRST"[round % 5]}`;
        await rename(join(mailbox.folder, at), join(mailbox.folder, next));
        at = next;
      }
    })();
    for (let round = 0; round < 20; round++) {
      const outcome = await contentOf(session, 0).catch((error: Error) => error.name);
      assert.ok(outcome === "one\n" || outcome === "MessageUnreadable", outcome);
    }
    others.busy = false;
    await restless;
    assert.equal(await contentOf(session, 0), "one\n");
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

test("what is delivered while sessions fetch and remove is fetched once each", async (context) => {
  const mailbox = await testMailbox(context);
  const contents = Array.from({ length: 150 }, (_, index) => `message ${index}\n`);
  let delivered = 0;
  const deliveries = (async () => {
    for (const content of contents) {
      await mailbox.deliver(content);
      delivered++;
    }
  })();
  const fetched: string[] = [];
  while (delivered < contents.length || (await mailbox.files()).length > 0) {
    const session = await mailbox.session();
    for (const index of session.messages.keys()) fetched.push(await contentOf(session, index));
    assert.equal(await session.remove([...session.messages.keys()]), 0);
    await session.close();
  }
  await deliveries;
  assert.deepEqual(fetched, contents);
});
