import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { becomeUser, prepareDataFolder, withRightsOf } from "./privileges.ts";
import { findUser } from "./user.ts";

const run = promisify(execFile);
const needsRoot = { skip: process.getuid?.() !== 0 && "needs root" };

describe("users", () => {
  test("are found with their ids", () => {
    const { userId, groupId, groupIds } = findUser("root");
    assert.deepEqual([userId, groupId], [0, 0]);
    assert.ok(groupIds.includes(0));
  });

  test("that do not exist are a problem with a remedy", () => {
    for (const name of ["no-such-user-here", "-u", ""]) {
      const expected = `this machine has no user "${name}"; create it (useradd`;
      assert.throws(
        () => findUser(name),
        ({ message }: Error) => message.startsWith(expected),
      );
    }
  });
});

describe("giving root's rights up", needsRoot, () => {
  test("is for good", async () => {
    const program = `
      import { becomeUser } from ${JSON.stringify(import.meta.resolve("./privileges.ts"))};
      becomeUser("nobody");
      const { getuid, geteuid, getgid, getegid, getgroups } = process;
      const back = ["setuid", "seteuid", "setgid", "setegid"].filter((call) => {
        try { process[call](0); return true; } catch { return false; }
      });
      const now = { users: [getuid(), geteuid()], groups: [getgid(), getegid(), ...getgroups()] };
      console.log(JSON.stringify({ ...now, back }));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program]);
    const { userId, groupId, groupIds } = findUser("nobody");
    assert.notEqual(userId, 0);
    assert.deepEqual(JSON.parse(stdout), {
      users: [userId, userId],
      groups: [groupId, groupId, ...groupIds],
      back: [],
    });
  });

  test("needs another user than root", () => {
    assert.throws(() => becomeUser("root"), /the user root is root/);
  });
});

async function temporary(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bailiwick-data-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function look(path: string) {
  const { mode, uid } = await stat(path);
  return { mode: mode & 0o777, userId: uid };
}

describe("the data folder", () => {
  test("is made where it is missing, with those above it", async (context) => {
    const path = join(await temporary(context), "var", "lib", "data");
    await prepareDataFolder(path);
    assert.deepEqual(await look(path), { mode: 0o700, userId: process.getuid?.() });
    await writeFile(join(path, "letter"), "");
    await prepareDataFolder(path);
  });

  test("is closed to others while it is empty, and left as it is when it is not", async (context) => {
    const path = await temporary(context);
    await chmod(path, 0o755);
    await prepareDataFolder(path);
    assert.equal((await look(path)).mode, 0o700);
    await writeFile(join(path, "letter"), "");
    await chmod(path, 0o750);
    const message =
      `the data folder ${path} is open to other users (mode 0750), and it holds mail; ` +
      `run: chmod 0700 ${path}`;
    await assert.rejects(prepareDataFolder(path), { message });
    assert.equal((await look(path)).mode, 0o750);
  });

  test("cannot be a file", async (context) => {
    const path = join(await temporary(context), "data");
    await writeFile(path, "");
    await assert.rejects(prepareDataFolder(path), /data is a file; correct `data:`/);
  });

  test("is given to the user by root, new or empty", needsRoot, async (context) => {
    const folder = await temporary(context);
    await chmod(folder, 0o755);
    const { userId } = findUser("nobody");
    await mkdir(join(folder, "empty"));
    for (const name of ["new", "empty"]) {
      await prepareDataFolder(join(folder, name), "nobody");
      assert.deepEqual(await look(join(folder, name)), { mode: 0o700, userId });
    }
  });

  test("is reached by the user through folders that root makes", needsRoot, async (context) => {
    const folder = await temporary(context);
    await chmod(folder, 0o755);
    const path = join(folder, "above", "more", "data");
    const umask = process.umask(0o077);
    context.after(() => process.umask(umask));
    for (const _start of ["first", "second"]) await prepareDataFolder(path, "nobody");
    for (const above of ["above", "above/more"]) {
      assert.deepEqual(await look(join(folder, above)), { mode: 0o755, userId: 0 });
    }
    await withRightsOf("nobody", () => writeFile(join(path, "letter"), ""));
    assert.equal(process.geteuid?.(), 0);
  });

  test(
    "below one that the user cannot pass is refused, and that one named",
    needsRoot,
    async (context) => {
      const folder = await temporary(context);
      await chmod(folder, 0o755);
      const closed = join(folder, "closed");
      await mkdir(closed, { mode: 0o700 });
      const path = join(closed, "more", "data");
      const message =
        `the user nobody cannot pass the folder ${closed}, and so does not reach the data folder ` +
        `${path}; run: chmod o+x ${closed}, or name another folder in \`data:\``;
      await assert.rejects(prepareDataFolder(path, "nobody"), { message });
      assert.deepEqual(await readdir(closed), []);
      await chmod(closed, 0o701);
      await prepareDataFolder(path, "nobody");
    },
  );

  test("cannot be below a file", async (context) => {
    const file = join(await temporary(context), "file");
    await writeFile(file, "");
    const message = /^the folder .*file above the data folder is a file; correct `data:`/;
    await assert.rejects(prepareDataFolder(join(file, "data")), { message });
    await assert.rejects(
      prepareDataFolder(join(file, "more", "data")),
      /file\/more above .*ENOTDIR/,
    );
  });

  test("is not what a link of its user's leads to", needsRoot, async (context) => {
    const folder = await temporary(context);
    await chmod(folder, 0o755);
    const { userId: nobody } = findUser("nobody");
    const [target, home] = [join(folder, "target"), join(folder, "home")];
    await mkdir(target, { mode: 0o755 });
    await mkdir(home);
    await chown(home, nobody, nobody);
    await symlink(target, join(home, "data"));
    await lchown(join(home, "data"), nobody, nobody);
    for (const path of [join(home, "data"), join(home, "data", "more")]) {
      await assert.rejects(
        prepareDataFolder(path, "nobody"),
        /home\/data is a link that belongs to/,
      );
    }
    const { uid, mode } = await stat(target);
    assert.deepEqual([uid, mode & 0o777], [0, 0o755]);
    assert.deepEqual(await readdir(target), []);
    await lchown(join(home, "data"), 0, 0);
    await prepareDataFolder(join(home, "data"), "nobody");
    assert.equal((await stat(target)).uid, nobody);
  });

  test("is not taken from somebody else", needsRoot, async (context) => {
    const path = await temporary(context);
    await writeFile(join(path, "letter"), "");
    await chown(path, 12_345, 12_345);
    const { userId } = findUser("nobody");
    const message = new RegExp(`belongs to user 12345, .* run: chown -R ${userId} `);
    await assert.rejects(prepareDataFolder(path, "nobody"), { message });
    assert.equal((await look(path)).userId, 12_345);
  });
});
