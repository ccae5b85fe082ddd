// The files that a configuration names: what a start or a reload refuses because of them, `check`
// refuses in the same words, and makes nothing itself.

import assert from "node:assert/strict";
import { chmod, chown, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";

const base = `hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
`;
const needsRoot = { skip: process.getuid?.() !== 0 && "needs root" };
const nobody = 65_534;

const authority = makeAuthority("Test");
const mine = authority.issue({ names: ["mail.example.org"] });
const other = authority.issue({ names: ["mail.example.org"] });

/** Names say what is wrong. */
async function writeFiles(folder: string): Promise<void> {
  const files = [
    ["secret", "the shared store's\n", 0o600],
    ["open", "everybody's\n", 0o644],
    ["empty", "", 0o600],
    ["cert.pem", mine.cert, 0o644],
    ["key.pem", mine.key, 0o600],
    ["open-key.pem", mine.key, 0o644],
    ["group-key.pem", mine.key, 0o640],
    ["other-key.pem", other.key, 0o600],
  ] as const;
  for (const [name, content, mode] of files) {
    await writeFile(join(folder, name), content);
    await chmod(join(folder, name), mode);
  }
}

const routes = (more: string) => `routes: [{ to: "*", via: "smart.example:587", ${more} }]`;
const table = (file: string) =>
  `relay: { roaming: { relay-table: { url: "mysql://u@127.0.0.1:1/d", password-file: ${file} } } }`;

const refused: readonly (readonly [configuration: string, said: readonly RegExp[]])[] = [
  [
    routes("login: { user: u, password-file: open }"),
    [/:3:\d+: routes\[0\]\.login: every user .* run: chmod 0600 .*open$/],
  ],
  [
    routes("login: { user: u, password-file: missing }"),
    [/routes\[0\]\.login: the secret cannot be read: ENOENT/],
  ],
  [routes("authorities: empty"), [/routes\[0\]\.authorities: .*empty holds no PEM certificate/]],
  [
    `domains: { example.net: { relay-to: mx.test, tls: verified, authorities: missing } }
${routes("login: { user: u, password-file: empty }")}`,
    [/routes\[0\]\.login: .*empty holds no secret/, /domains\["example\.net"\].*ENOENT/],
  ],
  [
    `store: "mysql://u@127.0.0.1:1/d"\nstore-password-file: open`,
    [/the password of the store: every user .* run: chmod 0600/],
  ],
  [
    `store: "mysql://u@127.0.0.1:1/d"\nstore-password-file: missing`,
    [/the password of the store: .*ENOENT/],
  ],
  [
    "tls: { certificate: missing, key: key.pem }",
    [/:3:\d+: tls: the certificate .*missing cannot/],
  ],
  ["tls: { certificate: cert.pem, key: empty }", [/:3:\d+: tls: .*empty holds no PEM key/]],
  [
    "tls: { certificate: cert.pem, key: other-key.pem, more: [{ certificate: empty, key: key.pem }] }",
    [
      /tls: the key in .*other-key\.pem does not belong to/,
      /tls: .*empty holds no PEM certificate/,
    ],
  ],
  [table("open"), [/relay\.roaming\.relay-table: every user .* run: chmod 0600/]],
];

suite("check refuses files as start does", () => {
  for (const [configuration, said] of refused) {
    test(configuration.replaceAll("\n", ", "), async (t) => {
      const folder = await temporaryFolder(t);
      await writeFiles(folder);
      const names = await readdir(folder);
      await writeFile(join(folder, "bailiwick.yaml"), base + configuration);
      const checked = await runBailiwick(["check"], { folder });
      assert.equal(checked.code, 2, checked.stdout);
      assert.equal(checked.stdout, "");
      const lines = checked.stderr.trimEnd().split("\n");
      assert.equal(lines.length, said.length, checked.stderr);
      for (const each of said)
        assert.ok(
          lines.some((line) => each.test(line)),
          checked.stderr,
        );
      assert.deepEqual(await readdir(folder), [...names, "bailiwick.yaml"].toSorted());
      const started = await runBailiwick(["start"], { folder });
      assert.equal(started.code, 2);
      assert.ok(started.stderr.includes(checked.stderr), started.stderr);
    });
  }
});

test("check tells of all kinds of files at once", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFiles(folder);
  const all = [
    'store: "mysql://u@127.0.0.1:1/d"\nstore-password-file: missing',
    "tls: { certificate: cert.pem, key: other-key.pem }",
    table("open"),
    routes("authorities: empty, login: { user: u, password-file: open }"),
  ];
  await writeFile(join(folder, "bailiwick.yaml"), base + all.join("\n"));
  const { code, stderr } = await runBailiwick(["check"], { folder });
  assert.equal(code, 2);
  assert.equal(stderr.trimEnd().split("\n").length, 5, stderr);
});

test("check takes what a start takes, and makes nothing", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFiles(folder);
  const file = join(folder, "bailiwick.yaml");
  for (const configuration of [
    "",
    `store: "mysql://u@127.0.0.1:1/d"\nstore-password-file: secret\n${table("secret")}`,
    'store: "mysql://u@127.0.0.1:1/d"\nstore-password-variable: OF_THE_SERVER_ALONE',
    "tls: { certificate: cert.pem, key: group-key.pem }",
  ]) {
    await writeFile(file, base + configuration);
    const names = await readdir(folder);
    const { code, stdout, stderr } = await runBailiwick(["check"], { folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^The configuration is in order\./);
    assert.doesNotMatch(stdout, /warning/);
    assert.deepEqual(await readdir(folder), names);
  }
});

test("a key that everybody may read is warned of, by check and at the start", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFiles(folder);
  const configuration = `${base}tls: { certificate: cert.pem, key: open-key.pem }\n`;
  const server = await startBailiwick(t, { configuration, folder });
  const logged = await server.untilLogged(({ event }) => event === "key-open");
  assert.match(logged.msg, /every user of this machine may read the key .* run: chmod 0600 /);
  const { code, stdout } = await server.run("check");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /yaml:3:\d+: warning: every user .* may read the key .*open-key\.pem; run: /,
  );
});

test("a reload finds out that the next start could not open the store", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFiles(folder);
  const server = await startBailiwick(t, { configuration: base, folder });
  const store = 'store: "mysql://u@127.0.0.1:1/d"\nstore-password-file: ';
  await server.configure(`${base}${store}open\n`);
  const bad = await server.run("reload");
  assert.notEqual(bad.code, 0);
  assert.match(bad.stderr, /the password of the store: every user of this machine can read/);
  await server.configure(`${base}${store}secret\n`);
  const { code, stdout } = await server.run("reload");
  assert.equal(code, 0);
  assert.match(stdout, /store has changed, which needs a restart/);
});

suite("check by root looks with the rights of the server's user", needsRoot, () => {
  test("who must exist", async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "bailiwick.yaml"), `${base}user: no-such-user-here\n`);
    const { code, stderr } = await runBailiwick(["check"], { folder });
    assert.equal(code, 2);
    assert.match(stderr, /no user "no-such-user-here"; create it \(useradd/);
  });

  test("who must be able to reach the data", async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "bailiwick.yaml");
    await writeFile(file, `${base}user: nobody\ndata: above/data\n`);
    const closed = await runBailiwick(["check"], { folder });
    assert.equal(closed.code, 2);
    assert.match(closed.stderr, /the user nobody cannot pass the folder .* run: chmod o\+x /);
    await chmod(folder, 0o755);
    const open = await runBailiwick(["check"], { folder });
    assert.equal(open.code, 0, open.stderr);
    assert.deepEqual(await readdir(folder), ["bailiwick.yaml"]);
    await writeFile(join(folder, "letter"), "");
    await writeFile(file, `${base}user: nobody\ndata: .\n`);
    const taken = await runBailiwick(["check"], { folder });
    assert.equal(taken.code, 2);
    assert.match(taken.stderr, /belongs to user 0, but .* run: chown -R 65534 /);
  });

  test("who must be able to read the files", async (t) => {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o755);
    await writeFiles(folder);
    const route = routes("login: { user: u, password-file: secret }");
    await writeFile(join(folder, "bailiwick.yaml"), `${base}user: nobody\n${route}\n`);
    const closed = await runBailiwick(["check"], { folder });
    assert.equal(closed.code, 2);
    assert.match(closed.stderr, /routes\[0\]\.login: the secret cannot be read: EACCES/);
    await chown(join(folder, "secret"), nobody, nobody);
    const map = join(folder, "map.svg");
    const { code, stderr } = await runBailiwick(["check", "--map", map], { folder });
    assert.equal(code, 0, stderr);
  });
});
