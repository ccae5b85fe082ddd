// What programs of this machine take for sendmail: called as cron, PHP and mailx call it.

import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand, whyMissing } from "../support/command.ts";
import { freePort } from "../support/free-port.ts";
import { addAccounts, untilMail } from "../support/mailbox.ts";
import { startBailiwick } from "../support/server.ts";
import { startSink } from "../support/sink.ts";

const program = fileURLToPath(new URL("../../bin/bailiwick", import.meta.url));
const isRoot = process.geteuid?.() === 0;
const mailx = await whyMissing("bsd-mailx");

test("programs of this machine send mail", async (t) => {
  const outside = await startSink(t);
  const port = await freePort();
  const configuration = {
    listeners: { mx: { role: "mx", listen: [`0.0.0.0:${port}`] } },
    relay: { networks: ["127.0.0.1"] },
    domains: { "mail.example.org": { deliver: "mailboxes" } },
    routes: [{ to: "*", via: outside.name }],
    limits: { "message-size": "1MB" },
    authentication: { verify: false },
  };
  const server = await startBailiwick(t, { configuration });
  await addAccounts(server, "root@mail.example.org", "bob@mail.example.org");
  const sendmail = join(server.folder, "sendmail");
  await writeFile(
    sendmail,
    `#!/bin/sh\nexec "${program}" sendmail -C "${server.configurationFile}" "$@"\n`,
  );
  await chmod(sendmail, 0o755);
  const run = (input: string | Uint8Array, ...words: readonly string[]) =>
    runCommand(sendmail, words, input);

  await t.test("cron reports the output of a job", async () => {
    const report =
      "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@h> job\nX-Cron-Env: <HOME=/root>\n" +
      "Content-Type: text/plain; charset=UTF-8\n\n10%\r100%\r\n.\ngrün\n";
    const words = ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root"];
    assert.deepEqual(await run(report, ...words), { code: 0, stdout: "", stderr: "" });
    const [mail = ""] = await untilMail(server, "root@mail.example.org", 1);
    assert.match(mail, /^Return-Path: <\w+@mail\.example\.org>\n/);
    assert.match(
      mail,
      /^From: root@mail\.example\.org \(Cron Daemon\)\nTo: root@mail\.example\.org$/m,
    );
    assert.match(mail, /^Received: by mail\.example\.org \(Bailiwick, from userid \d+\);$/m);
    assert.ok(mail.endsWith("\n\n10%\n100%\n.\ngr\xc3\xbcn\n"), mail);
  });

  await t.test(
    "PHP's mail() sends to whom the header names, and Bcc is seen by nobody",
    async () => {
      const letter =
        "To: carol@elsewhere.example, Dave <dave@elsewhere.example>\nSubject: =?UTF-8?B?w7w=?=\n" +
        "Bcc: eve@elsewhere.example\nFrom: shop@example.org\n\nThank you.\n";
      const command = `"${sendmail}" -t -i -fbounces@example.org`;
      const { code, stderr } = await runCommand("sh", ["-c", command], letter);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      const { sender, recipients, content } = await outside.untilFor("eve@elsewhere.example");
      assert.equal(sender, "bounces@example.org");
      assert.deepEqual(recipients.toSorted(), [
        "carol@elsewhere.example",
        "dave@elsewhere.example",
        "eve@elsewhere.example",
      ]);
      assert.doesNotMatch(content.toString(), /eve@|Bcc/);
      assert.match(content.toString(), /^Message-ID: <[^<>@\s]+@mail\.example\.org>\r$/m);
    },
  );

  await t.test("mailx sends", { skip: mailx }, async () => {
    const settings = join(server.folder, "mailrc");
    await writeFile(settings, `set sendmail=${sendmail}\nset sendwait\n`);
    const words = ["-s", "From mailx", "-c", "frank@elsewhere.example", "bob"];
    const command = ["env", `MAILRC=${settings}`, "HOME=/nonexistent", "bsd-mailx", ...words];
    const { code, stderr } = await runCommand(
      "/usr/bin/env",
      command.slice(1),
      "Hello.\n.\nBye.\n",
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const [mail = ""] = await untilMail(server, "bob@mail.example.org", 1);
    assert.match(mail, /^To: bob@mail\.example\.org$/m);
    assert.match(mail, /^Cc: frank@elsewhere\.example$/m);
    assert.match(mail, /\n\nHello\.\n\.\nBye\.\n$/);
    await outside.untilFor("frank@elsewhere.example");
  });

  await t.test("a program may speak SMTP to it", async () => {
    const session =
      "EHLO app\r\nMAIL FROM:<app@example.org>\r\nRCPT TO:<gina@elsewhere.example>\r\n" +
      "DATA\r\nSubject: x\r\n\r\nHi.\r\n.\r\nQUIT\r\n";
    const { code, stdout } = await run(session, "-bs");
    assert.equal(code, 0);
    assert.match(stdout, /^220 .*\n250 2\.0\.0 Ok: queued.*\n221 .*\n$/s);
    await outside.untilFor("gina@elsewhere.example");
  });

  await t.test("the server's answer is passed on", async () => {
    const sent = await run("hi\n", "-v", "-f", "<>", "--", "nobody", "hal@elsewhere.example");
    assert.equal(sent.code, 67);
    assert.match(sent.stdout, /^hal@elsewhere\.example: 250 2\.0\.0 Ok: queued as \w+\n$/);
    assert.match(
      sent.stderr,
      /^sendmail: nobody@mail\.example\.org: 550 5\.1\.1 .*\nsendmail: the other recipient will have/,
    );
    assert.equal((await outside.untilFor("hal@elsewhere.example")).sender, "");
    await server.configure({ ...configuration, relay: {} });
    assert.equal((await server.run("reload")).code, 0);
    const refused = await run("hi\n", "hal@elsewhere.example");
    assert.equal(refused.code, 69);
    const id = /^sendmail: hal@elsewhere\.example: 550 5\.7\.1 .*\((\S+)\)/.exec(
      refused.stderr,
    )?.[1];
    const { stdout } = await server.run("why", id ?? "");
    assert.match(stdout, /hal@elsewhere\.example/);
  });

  await t.test("a message may have more recipients than a transaction", async () => {
    await server.configure(configuration);
    assert.equal((await server.run("reload")).code, 0);
    const names = Array.from({ length: 150 }, (_, index) => `r${index}@many.example`);
    const { code, stdout, stderr } = await run("Subject: x\n\n", "-v", ...names);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(stdout.match(/: 250 2\.0\.0 Ok: queued/g)?.length, 150);
    await Promise.all(names.map((name) => outside.untilFor(name)));
  });

  await t.test(
    "a user without a name may send",
    { skip: isRoot ? false : "needs root" },
    async () => {
      const settings = ["--reuid", "4242424", "--clear-groups", sendmail, "ida@elsewhere.example"];
      await chmod(server.folder, 0o755);
      const sent = await runCommand("setpriv", settings, "hi\n");
      assert.deepEqual({ code: sent.code, stderr: sent.stderr }, { code: 0, stderr: "" });
      const { sender } = await outside.untilFor("ida@elsewhere.example");
      assert.equal(sender, "4242424@mail.example.org");
    },
  );

  await t.test("a dialogue that breaks off ends", async () => {
    const { code, stdout } = await run("EHLO app\r\n", "-bs");
    assert.equal(code, 0);
    assert.match(stdout, /^220 .*250 STARTTLS/s);
  });

  await t.test("what is wrong is said, and nothing is sent", async () => {
    const wrongs = [
      ["hi", ["-Z", "root"], 64, /-Z is no option/],
      ["hi", ["bob@@b.example"], 65, /bob@@b\.example is no address/],
      ["Subject: x\n\n", ["-t"], 65, /no recipient is named: To, Cc and Bcc/],
      ["a".repeat(1_100_000), ["root"], 65, /larger than 1048576 octets/],
      [`X: ${"x".repeat(110_000)}\n`, ["root"], 65, /the header is longer than/],
      ["hi", ["-C", "/nowhere.yaml", "root"], 78, /no such file/],
    ] as const;
    const runs = wrongs.map(async ([input, words, code, stderr]) => {
      const result = await run(input, ...words);
      assert.match(result.stderr, stderr);
      assert.equal(result.code, code, result.stderr);
    });
    await Promise.all(runs);
    assert.equal((await run("", "-q")).code, 0);
    assert.equal((await server.run("queue", "list")).stdout, "The queue is empty.\n");
  });

  await t.test("without a server it is to be tried again", async () => {
    await server.stop();
    for (const words of [["root"], ["-bs"]]) {
      const { code, stderr } = await run("hi\n", ...words);
      assert.equal(code, 75);
      assert.match(stderr, /^sendmail: no server runs here \(127\.0\.0\.1:\d+ refused/);
    }
  });
});
