// What cannot be started from: one message that names the place and says what to do, and exit 2.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { type CommandResult, runBailiwick, temporaryFolder } from "../support/server.ts";

async function startWith(
  t: TestContext,
  configuration: string | Uint8Array,
): Promise<CommandResult> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), configuration);
  return runBailiwick(["start"], { folder });
}

function withListener(endpoint: string, more = ""): string {
  return `hostname: mail.example.org\nlisteners: { mx: { role: mx, listen: ["${endpoint}"] } }\n${more}`;
}

describe("a configuration", () => {
  const files: readonly (readonly [name: string, file: string | Uint8Array, said: RegExp])[] = [
    ["that is empty", "", /^bailiwick\.yaml:1:1: .*hostname/],
    [
      "that is binary",
      Buffer.from([0x61, 0x0a, 0xff, 0x00, 0xfe]),
      /^bailiwick\.yaml:2:1: .*UTF-8/,
    ],
    ["with an unknown key", "hostname: a.example\nlimit: {}\n", /^bailiwick\.yaml:2:1: .*limits/],
    ["that is no YAML", "hostname: [a\n", /^bailiwick\.yaml:\d+:\d+: /],
    ["that is no mapping", "- a\n", /^bailiwick\.yaml:1:1: /],
  ];
  for (const [name, file, said] of files) {
    test(`${name} is refused at its place`, async (t) => {
      const { code, stdout, stderr } = await startWith(t, file);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, said);
    });
  }

  test("that is a folder, or is not there, is named", async (t) => {
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, "conf"));
    for (const [name, said] of [
      ["conf", /^(bailiwick: )?conf: this is a folder/],
      ["none.yaml", /^(bailiwick: )?none\.yaml: there is no such file/],
    ] as const) {
      const { code, stderr } = await runBailiwick(["start", "-c", name], { folder });
      assert.equal(code, 2);
      assert.match(stderr, said);
    }
  });
});

test("a port that another program has is named, with what to do", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const address = other.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const { code, stderr } = await startWith(t, withListener(`127.0.0.1:${port}`));
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`listener mx cannot listen on 127\\.0\\.0\\.1:${port}: another`));
});

describe("a data folder", () => {
  // Not even root can make one there.
  test("that cannot be made is named", async (t) => {
    const { code, stderr } = await startWith(
      t,
      withListener("127.0.0.1:0", "data: /dev/null/none\n"),
    );
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^bailiwick: the folder \/dev\/null above the data folder is a file; correct `data:`/,
    );
  });

  test("that is a file is named", async (t) => {
    const file = withListener("127.0.0.1:0", "data: bailiwick.yaml\n");
    const { code, stderr } = await startWith(t, file);
    assert.equal(code, 2);
    assert.match(stderr, /^bailiwick: the data folder \S+bailiwick\.yaml is a file/);
  });

  test("that others may read is not used, and not changed", async (t) => {
    const folder = await temporaryFolder(t);
    const data = join(folder, "data");
    await mkdir(data);
    await writeFile(join(data, "mine"), "");
    await writeFile(join(folder, "bailiwick.yaml"), withListener("127.0.0.1:0"));
    const { code, stderr } = await runBailiwick(["start"], { folder });
    assert.equal(code, 2);
    assert.match(stderr, /^bailiwick: the data folder .* is open to other users .* chmod 0700 /);
  });
});
