// The packages, built, unpacked and used: what a user installs is what is tested here.

import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../support/cleanup.ts";
import { runCommand, whyMissing } from "../support/command.ts";
import { startProgram } from "../support/program.ts";
import { startBailiwick, temporaryFolder, type TestServer } from "../support/server.ts";
import { startSink } from "../support/sink.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { waitUntil } from "../support/wait.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const scripts = join(root, "scripts");
const pinned = join(root, "node_modules/node/bin");
const system = "/usr/local/bin:/usr/bin:/bin";

before(async () => {
  const { code, stderr } = await runCommand(process.execPath, [join(scripts, "build.ts")]);
  assert.equal(code, 0, stderr);
});

async function run(command: string, words: readonly string[], path: string) {
  return runCommand("env", ["-i", `PATH=${path}`, "HOME=/nonexistent", command, ...words]);
}

/** A server that runs `program` in place of the checkout's, and a message through it. */
async function relayWith(
  t: Cleanup,
  program: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const sink = await startSink(t);
  const server = await startBailiwick(t, {
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      routes: [{ to: "*", via: sink.name }],
      authentication: { verify: false },
    },
    under: ["sh", "-c", 'shift; exec "$0" "$@"', program],
    env,
  });
  const content = "Subject: x\r\n\r\ny\r\n";
  const to = ["bob@elsewhere.example"];
  const sent = await sendLetter(server.address, { from: "a@client.example", to, content });
  assert.match(sent.content ?? "", /^250 /);
  await sink.until(1);
  return server;
}

describe("the npm package", () => {
  test("has the compiled program, finds its Node, and relays", async (t) => {
    const folder = await temporaryFolder(t);
    const words = ["pack", root, "--ignore-scripts", "--pack-destination", folder];
    // It is called in the folder of the package that npm belongs to otherwise.
    const packed = await runCommand("npm", [...words, "--prefix", folder, "--offline"]);
    assert.equal(packed.code, 0, packed.stderr);
    const [archive = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    const list = await runCommand("tar", ["-tzf", join(folder, archive)]);
    const files = list.stdout.trimEnd().split("\n");
    assert.ok(files.includes("package/dist/man/bailiwick.1"));
    assert.deepEqual(
      files.filter((file) => /\.ts$|\.map$|\.test\.|\/src\/|tsbuildinfo|\.deb$/.test(file)),
      [],
    );
    const served = await findStatic();
    assert.deepEqual(
      served.filter((file) => !files.includes(`package/dist/${file}`)),
      [],
    );

    // As npm would lay it out, with what it needs beside it; the Node comes later.
    const modules = join(folder, "node_modules");
    await mkdir(modules);
    const extract = ["-xzf", join(folder, archive), "-C", modules];
    assert.equal((await runCommand("tar", extract)).code, 0);
    await runCommand("mv", [join(modules, "package"), join(modules, "bailiwick")]);
    const names = await readdir(join(root, "node_modules"));
    const others = names.filter((name) => !name.startsWith(".") && name !== "node");
    await Promise.all(
      others.map((name) => symlink(join(root, "node_modules", name), join(modules, name))),
    );
    await mkdir(join(modules, ".bin"));
    const program = join(modules, ".bin/bailiwick");
    await symlink("../bailiwick/bin/bailiwick", program);

    const old = join(folder, "old");
    await mkdir(old);
    await writeFile(join(old, "node"), "#!/bin/sh\necho v24.6.1\n");
    await chmod(join(old, "node"), 0o755);
    const refused = await run(program, ["--version"], `${old}:${system}`);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^bailiwick: needs Node\.js 24\.7 .* v24\.6\.1; .*node@24.*\n$/);
    const { version, engines } = await packageFacts();
    assert.equal(engines.node, ">=24.7");
    const asPinned = await run(program, ["--version"], `${pinned}:${system}`);
    assert.deepEqual(asPinned, { code: 0, stdout: `${version}\n`, stderr: "" });

    await symlink(join(root, "node_modules/node"), join(modules, "node"));
    const beside = await run(program, ["--version"], `${old}:${system}`);
    assert.deepEqual(beside, { code: 0, stdout: `${version}\n`, stderr: "" });
    const server = await relayWith(t, program);
    const checked = await run(program, ["check", "-c", server.configurationFile], system);
    assert.match(checked.stdout, /^The configuration is in order\./);
    assert.equal(await server.stop(), 0);
  });
});

interface PackageFacts {
  readonly version: string;
  readonly engines: { readonly node: string };
}

async function packageFacts(): Promise<PackageFacts> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

/** Files below `src` that the program serves as they are. */
async function findStatic(): Promise<readonly string[]> {
  const all = await readdir(join(root, "src"), { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile() && entry.parentPath.split("/").includes("static"))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "src/").length));
}

const noDebian = await whyMissing("dpkg-deb");

describe("the Debian packages", { skip: noDebian }, () => {
  test("have a server that tells systemd how it is", async (t) => {
    const folder = await temporaryFolder(t);
    const script = join(scripts, "package-deb.ts");
    const build = await runCommand(process.execPath, [
      script,
      "--fast",
      "--built",
      "--into",
      folder,
    ]);
    assert.equal(build.code, 0, build.stderr);
    const tree = join(folder, "root");
    const packages = (await readdir(folder)).filter((name) => name.endsWith(".deb"));
    assert.equal(packages.length, 2);
    for (const name of packages) {
      // oxlint-disable-next-line no-await-in-loop -- into the same folder
      const { code, stderr } = await runCommand("dpkg-deb", ["-x", join(folder, name), tree]);
      assert.equal(code, 0, stderr);
    }
    const wrong = await runCommand("find", [
      tree,
      "-name",
      "*.ts",
      "-o",
      "-perm",
      "/6022",
      "!",
      "-type",
      "l",
    ]);
    assert.equal(wrong.stdout, "");
    await tryMaintainerScripts(folder);

    const program = join(tree, "usr/bin/bailiwick");
    const example = join(tree, "usr/share/doc/bailiwick/examples/bailiwick.yaml");
    const text = await readFile(example, "utf8");
    await writeFile(example, text.replace(/^user:.*\n/m, "").replace("/var/lib/bailiwick", "data"));
    const checked = await run(program, ["check", "-c", example], system);
    assert.match(checked.stdout, /^The configuration is in order\./, checked.stderr);
    assert.match(checked.stdout, /relays for 127\.0\.0\.1\/32 .*\n *relays for ::1\/128/);

    const said = await listenForStates(t, folder);
    const server = await relayWith(t, program, {
      NOTIFY_SOCKET: join(folder, "notify"),
      WATCHDOG_USEC: "1500000",
    });
    await waitUntil("the watchdog has heard of it", async () =>
      (await said()).includes("WATCHDOG=1"),
    );
    server.signal("SIGHUP");
    await server.untilLogged(({ event }) => event === "reloaded");
    await waitUntil("it is ready again", async () => count(await said(), /^READY=1$/gm) === 2);
    assert.equal(await server.stop(), 0);
    const states = (await said()).match(/^(READY|RELOADING|STOPPING)=1/gm);
    assert.deepEqual(states, ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]);
  });
});

async function tryMaintainerScripts(folder: string): Promise<void> {
  const [server = ""] = (await readdir(folder)).filter((name) => /^bailiwick_.*\.deb$/.test(name));
  const control = join(folder, "control");
  await runCommand("dpkg-deb", ["-e", join(folder, server), control]);
  for (const script of ["config", "postinst", "prerm", "postrm"]) {
    // oxlint-disable-next-line no-await-in-loop
    const { code, stderr } = await runCommand("sh", ["-n", join(control, script)]);
    assert.equal(code, 0, stderr);
  }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** A service manager's socket, which Node cannot be; returns what came so far. */
async function listenForStates(t: Cleanup, folder: string): Promise<() => Promise<string>> {
  const program = join(folder, "listen.py");
  const heard = join(folder, "heard");
  await writeFile(
    program,
    `import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("bound", flush=True)
with open(sys.argv[2], "a", buffering=1) as heard:
    while True:
        heard.write(listener.recv(4096).decode() + "\\n")
`,
  );
  await startProgram(t, ["python3", program, join(folder, "notify"), heard], /bound/);
  return () => readFile(heard, "utf8").catch(() => "");
}
