// Domains and accounts, added and removed with the command line: the same words and the same result
// whether a server runs or not.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";

const yaml = `
hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
domains:
  example.org: { deliver: mailboxes }
  example.net: { relay-to: "192.0.2.1" }
`;

const domainList = z.array(z.object({ name: z.string(), deliver: z.string(), source: z.string() }));
const accountList = z.array(
  z.object({
    address: z.object({ local: z.string(), domain: z.string() }),
    canLogIn: z.boolean(),
    createdAt: z.number(),
  }),
);

test("accounts and domains without a server", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), yaml);
  const run = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await runBailiwick(words, { folder, input: "secret" });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await run("domain", "add", "example.com");
  await run("account", "add", "alice@example.com", "--password-file", "-");
  await run("account", "passwd", "alice@example.com", "--password-file", "-");
  assert.match(await run("account", "list"), /^alice@example\.com +yes /m);
  await run("account", "remove", "alice@example.com");
  await run("domain", "remove", "example.com");
  assert.doesNotMatch(await run("domain", "list"), /example\.com/);
});

test("a running server knows at once", async (t) => {
  const server = await startBailiwick(t, { configuration: yaml });
  const client = await openSession(server.address);
  const rcpt = async (address: string) =>
    (await client.command(`RCPT TO:<${address}>`)).slice(0, 9);
  await client.expect("MAIL FROM:<a@client.example>", "250");
  assert.equal(await rcpt("alice@example.com"), "550 5.7.1");
  await server.run("domain", "add", "example.com");
  assert.equal(await rcpt("alice@example.com"), "550 5.1.1");
  await server.run("account", "add", "alice@example.com", "--receive-only");
  assert.equal(await rcpt("alice@example.com"), "250 2.1.5");
  await server.run("account", "remove", "alice@example.com");
  assert.equal(await rcpt("alice@example.com"), "550 5.1.1");
  await server.run("domain", "remove", "example.com");
  assert.equal(await rcpt("alice@example.com"), "550 5.7.1");
  client.destroy();
});

test("accounts and domains, and what an operator gets wrong", async (t) => {
  const { folder } = await startBailiwick(t, { configuration: yaml });
  const run = (words: string, input = "") => runBailiwick(words.split(" "), { folder, input });
  const secret = "correct horse battery staple";
  await writeFile(join(folder, "secret.txt"), `${secret}\n`);

  const done = async (words: string, stdout: RegExp, input?: string) => {
    const result = await run(words, input);
    assert.equal(result.code, 0, `${words}: ${result.stderr}`);
    assert.match(result.stdout, stdout);
    assert.equal(result.stderr, "");
    return result.stdout;
  };
  /** Commands that fail, each with its exit code and one line that says why. */
  const refused = async (...wrong: readonly (readonly [string, 1 | 2, RegExp, string?])[]) => {
    const tried = wrong.map(async ([words, code, said, input]) => {
      const { stdout, stderr, ...result } = await run(words, input);
      assert.equal(result.code, code, `${words}: ${stdout}${stderr}`);
      assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      assert.equal(stdout, "");
    });
    await Promise.all(tried);
  };

  await t.test("domains", async () => {
    await done(
      "domain add example.com",
      /^example\.com is ours now\. Next: bailiwick account add /,
    );
    await refused(
      ["domain add example.com", 1, /already/],
      ["domain add example.org", 1, /in the configuration already \(.*bailiwick\.yaml:5\)/],
      ["domain remove example.org", 1, /remove it at .*bailiwick\.yaml:5/],
      ["domain remove other.example", 1, /not one of our domains/],
    );
    const text = await done("domain list", /^DOMAIN +DELIVERED TO +FROM\n/);
    assert.match(text, /^example\.com +mailboxes +command line$/m);
    assert.match(text, /^example\.net +192\.0\.2\.1:25 +.*bailiwick\.yaml:6$/m);
    const list = domainList.parse(JSON.parse(await done("domain list --json", /^\[/)));
    assert.deepEqual(
      list.map(({ name, deliver }) => `${name} ${deliver}`),
      ["example.org mailboxes", "example.net 192.0.2.1:25", "example.com mailboxes"],
    );
  });

  await t.test("accounts", async () => {
    const file = "--password-file secret.txt";
    await done(`account add bob@example.org ${file}`, /^bob@example\.org is added\n$/);
    await done("account add carol@example.com --password-file -", /is added/, `${secret}\n`);
    await done("account add Dave@example.org --receive-only", /is added/);
    const stdin = "account add a@example.org --password-file -";
    await refused(
      [`account add BOB@Example.Org ${file}`, 1, /exists already/],
      ["account add a@other.example --receive-only", 1, /bailiwick domain add other\.example/],
      ["account add a@example.net --receive-only", 1, /handed on to another host/],
      ["account add ../../etc@example.org --receive-only", 2, /such as alice@/],
      [stdin, 2, /the password in - is empty/, "\n"],
      [stdin, 2, /more than one line/, "one\ntwo\n"],
      ["account add a@example.org --password-file none.txt", 2, /cannot be read/],
      ["account add a@example.org", 2, /--password-file FILE/],
    );
    const text = await done("account list", /^ACCOUNT +LOGIN +ADDED +SENDING\n/);
    assert.match(text, /^bob@example\.org +yes +20\d\d-/m);
    assert.match(text, /^Dave@example\.org +no /m);
    const all = accountList.parse(JSON.parse(await done("account list --json", /^\[/)));
    assert.equal(all.length, 3);
    const some = accountList.parse(
      JSON.parse(await done("account list example.com --json", /^\[/)),
    );
    assert.deepEqual(
      some.map(({ address, canLogIn }) => [address.local, canLogIn]),
      [["carol", true]],
    );
  });

  await t.test("passwords", async () => {
    await done("account passwd bob@example.org --password-file -", /is changed/, "another one");
    await refused(["account passwd eve@example.org --password-file -", 1, /no account/, "x"]);
    for (const name of await readdir(join(folder, "data"))) {
      if (!name.startsWith("store.db")) continue;
      const octets = await readFile(join(folder, "data", name));
      assert.ok(!octets.includes(secret) && !octets.includes("another one"), `${name} tells`);
    }
  });

  await t.test("and away with them", async () => {
    await refused(["domain remove example.com", 1, /bailiwick account list example\.com/]);
    await done("account remove carol@example.com", /mailbox folder was left/);
    await refused(["account remove carol@example.com", 1, /no account/]);
    await done("domain remove example.com", /no longer ours/);
    await done("account remove bob@example.org", /is removed/);
    await done("account remove dave@example.org", /is removed/);
    await done("account list", /^ACCOUNT +LOGIN +ADDED +SENDING\n$/);
  });
});
