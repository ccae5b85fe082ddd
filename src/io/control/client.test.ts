import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { serverListens } from "./client.ts";

test("a server that runs, whose socket is closed to this user, is said to be so", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-test-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "control.sock");
  assert.equal(await serverListens(path), false);
  const server = createServer().listen(path);
  t.after(() => server.close());
  await once(server, "listening");
  assert.equal(await serverListens(path), true);
  // The folder is for its user alone. Who runs the tests without root is that user.
  if (process.getuid?.() !== 0) return;
  await assert.rejects(
    asNobody(() => serverListens(path)),
    /control\.sock is not open to this user; run it as root, or as the server's user/,
  );
});
