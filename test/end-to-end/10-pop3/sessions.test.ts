// POP3 sessions on the real server: what they do to a mailbox, and what becomes of those that end
// badly.

import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { connectPop3, openPop3 } from "../../support/pop3-client.ts";
import { waitUntil } from "../../support/wait.ts";
import { peakMemory } from "../../faults/support/memory.ts";
import { configurationWith, password, startWorld, user } from "./world.ts";

const two = ["Subject: one\n\nHello\n.dot\n", "Subject: two\r\n\r\nno end"] as const;

describe("a session", () => {
  test("lists, reads and removes, and the log tells of it", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    const client = await world.enter("pop3s");
    await client.expect("STAT", "+OK 2 53");
    await client.expect("LIST", "+OK");
    assert.deepEqual(await client.body(), ["1 29", "2 24"]);
    await client.expect("UIDL", "+OK");
    const uids = await client.body();
    assert.equal(new Set(uids).size, 2);
    await client.expect("RETR 1", "+OK");
    assert.deepEqual(await client.body(), ["Subject: one", "", "Hello", "..dot"]);
    await client.expect("RETR 2", "+OK");
    assert.deepEqual(await client.body(), ["Subject: two", "", "no end"]);
    await client.expect("TOP 1 1", "+OK");
    assert.deepEqual(await client.body(), ["Subject: one", "", "Hello"]);
    await client.expect("DELE 1", "+OK");
    await client.expect("QUIT", "+OK");
    assert.deepEqual(await client.rest(), []);
    assert.equal((await world.files()).length, 1);
    const ended = await world.server.untilLogged(({ event }) => event === "pop3-session");
    const { account, listener, messages, retrieved, deleted } = ended;
    assert.deepEqual(
      { account, listener, messages, retrieved, deleted },
      { account: user, listener: "pop3s", messages: 2, retrieved: 2, deleted: 1 },
    );
    const login = world.server.log.find(({ event }) => event === "login");
    assert.equal(login?.["session"], ended["session"]);
    const again = await world.enter();
    await again.expect("UIDL", "+OK 1 message");
    assert.deepEqual(await again.body(), [uids[1]?.replace("2", "1")]);
    again.destroy();
  });

  test("of a mailbox that never got mail is empty", async (t) => {
    const world = await startWorld(t);
    const client = await world.enter();
    await client.expect("STAT", "+OK 0 0");
    await client.expect("RETR 1", "-ERR");
    await client.expect("QUIT", "+OK");
  });

  test("that breaks off before QUIT removes nothing", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    for (const end of ["destroy", "finish"] as const) {
      const client = await world.enter();
      await client.expect("DELE 1", "+OK");
      client[end]();
      await waitUntil("the mailbox is free", async () => {
        const next = await openPop3(world.at("local"));
        const said = await next.logIn(user, password);
        next.destroy();
        return said.startsWith("+OK 2 messages");
      });
    }
    assert.equal((await world.files()).length, 2);
  });

  test("whose client is gone does not do what is left to do, QUIT least of all", async (t) => {
    const world = await startWorld(t);
    await world.put(`Subject: big\n\n${"x".repeat(99)}\n`.padEnd(30_000_000, "y"));
    const client = await world.enter();
    client.write("RETR 1\r\nDELE 1\r\nQUIT\r\n");
    assert.match(await client.line(), /^\+OK /);
    client.socket.resetAndDestroy();
    const ended = await world.server.untilLogged(({ event }) => event === "pop3-session");
    assert.equal(ended["deleted"], 0);
    assert.equal((await world.files()).length, 1);
  });

  test("locks the mailbox until it is over", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    const first = await world.enter();
    const second = await openPop3(world.at("local"));
    assert.match(await second.logIn(user, password), /^-ERR \[IN-USE\] /);
    await second.expect("STAT", "-ERR Log in first");
    await first.expect("QUIT", "+OK"); // it is free as soon as this is said
    assert.match(await second.logIn(user, password), /^\+OK 2 messages/);
    second.destroy();
  });

  test("goes on when a message is removed underneath", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    const client = await world.enter();
    const [first = ""] = (await world.files()).toSorted();
    await rm(first);
    await client.expect("RETR 1", "-ERR The message is gone");
    await client.expect("TOP 1 0", "-ERR The message is gone");
    await client.expect("RETR 2", "+OK");
    await client.body();
    await client.expect("DELE 1", "+OK");
    await client.expect("QUIT", "+OK Bye");
  });

  test("takes what comes as it is: octets of every kind", async (t) => {
    const world = await startWorld(t);
    const octets = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    await world.put(Buffer.concat([Buffer.from("Subject: all\n\n"), octets]));
    const client = await world.enter("pop3s");
    const size = /(\d+)$/.exec(await client.command("LIST 1"))?.[1];
    await client.expect("RETR 1", "+OK");
    const lines = await client.body();
    const content = lines.map((line) => `${line.replace(/^\./, "")}\r\n`).join("");
    assert.equal(content.length, Number(size));
    const stored = `Subject: all\n\n${octets.toString("latin1")}`;
    assert.equal(content, `${stored.replaceAll(/\r?\n/g, "\r\n")}\r\n`);
  });
});

describe("what is bounded", () => {
  test("100,000 pipelined commands are answered in their order", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    const client = await world.enter("pop3s");
    const count = 100_000;
    client.write(`${`${"STAT\r\n".repeat(99)}RETR 2\r\n`.repeat(count / 100)}QUIT\r\n`);
    const lines = await client.rest();
    assert.equal(lines.length, (count / 100) * (99 + 5) + 1);
    assert.deepEqual(lines.slice(-7, -1), [
      "+OK 2 53",
      "+OK 24 octets",
      "Subject: two",
      "",
      "no end",
      ".",
    ]);
    assert.equal(lines.at(-1), "+OK Bye");
  });

  test("clients that read nothing take no memory", async (t) => {
    const world = await startWorld(t, { limits: { "connections-per-client": 100 } });
    const big = `Subject: big\n\n${`${"x".repeat(99)}\n`.repeat(300_000)}`;
    await world.put(big);
    const warm = await world.enter();
    await warm.expect("RETR 1", "+OK");
    await warm.body();
    await warm.expect("QUIT", "+OK");
    const before = await peakMemory(world.server.pid);
    const client = await world.enter();
    client.socket.pause();
    client.write("RETR 1\r\n".repeat(1000));
    client.write("LIST\r\n".repeat(100_000));
    // Others are served meanwhile.
    const other = await openPop3(world.at("local"));
    assert.match(await other.logIn(user, password), /^-ERR \[IN-USE\]/);
    const grown = (await peakMemory(world.server.pid)) - before;
    assert.ok(grown < 60_000_000, `${grown} octets more`);
    client.destroy();
    other.destroy();
  });

  test("errors, and talk without a login, come to an end", async (t) => {
    const world = await startWorld(t, { limits: { errors: 3, "idle-commands": 5 } });
    const wrong = await world.enter();
    wrong.write("BREAK\r\n".repeat(50));
    const said = await wrong.rest();
    assert.equal(said.length, 5);
    assert.equal(said.at(-1), "-ERR Too many errors; closing");
    const idle = await openPop3(world.at("pop3"));
    idle.write("UTF8\r\n".repeat(50));
    assert.equal((await idle.rest()).at(-1), "-ERR Too many commands and no login; closing");
  });

  test("a line without an end is refused once", async (t) => {
    const world = await startWorld(t);
    const client = await openPop3(world.at("pop3"));
    for (let sent = 0; sent < 100; sent++) client.write("x".repeat(65_536));
    assert.equal(await client.line(), "-ERR Line too long");
    client.write("\r\n");
    await client.expect("QUIT", "+OK");
  });

  test("connections above the limits are told so in POP3", async (t) => {
    const world = await startWorld(t, {
      limits: { "connections-per-client": 2, "connection-rate": "5 per 1h" },
    });
    const greetingFrom = async (from: string) => {
      const client = await connectPop3(world.at("pop3"), { from });
      const said = await client.line();
      return { said, client };
    };
    const open = [await greetingFrom("127.1.0.1"), await greetingFrom("127.1.0.1")];
    const { said } = await greetingFrom("127.1.0.1");
    assert.equal(said, "-ERR [SYS/TEMP] Too many connections; try again later");
    for (const { client } of open) client.destroy();
    const replies: string[] = [];
    for (let count = 0; count < 6; count++) {
      const { said: next, client } = await greetingFrom("127.1.0.2");
      replies.push(next);
      await client.command("QUIT").catch(() => {});
    }
    assert.match(
      replies.at(-1) ?? "",
      /^-ERR \[SYS\/TEMP\] Limit reached \(5 connections .*\); try/,
    );
  });

  test("a client that says nothing is sent away before it logs in", async (t) => {
    const world = await startWorld(t, { limits: { "command-time": "1s" } });
    const busy = await world.enter();
    const silent = await openPop3(world.at("pop3"));
    assert.deepEqual(await silent.rest(), []);
    // Who has logged in has ten minutes.
    await busy.expect("NOOP", "+OK");
    busy.destroy();
  });
});

describe("a server that", () => {
  test("stops finishes the message that is on its way, and removes nothing", async (t) => {
    const world = await startWorld(t);
    await world.put(`Subject: big\n\n${`${"x".repeat(99)}\n`.repeat(100_000)}`, two[0]);
    const client = await world.enter();
    await client.expect("DELE 2", "+OK");
    client.write("RETR 1\r\n");
    client.socket.pause();
    const stopped = world.server.stop();
    client.socket.resume();
    assert.match(await client.line(), /^\+OK /);
    assert.equal((await client.body()).length, 100_002);
    assert.deepEqual(await client.rest(), ["-ERR [SYS/TEMP] Shutting down; try again soon"]);
    assert.equal(await stopped, 0);
    assert.equal((await world.files()).length, 2);
  });

  test("takes a new configuration serves open sessions on", async (t) => {
    const world = await startWorld(t);
    await world.put(...two);
    const open = await world.enter();
    await world.server.configure({
      hostname: "mail.example.org",
      ...configurationWith({ limits: { errors: 1 } }),
    });
    assert.equal((await world.server.run("reload")).code, 0);
    for (let count = 0; count < 3; count++) await open.expect("BREAK", "-ERR Command");
    await open.expect("STAT", "+OK 2 53");
    const next = await openPop3(world.at("pop3"));
    next.write("BREAK\r\n".repeat(3));
    assert.equal((await next.rest()).at(-1), "-ERR Too many errors; closing");
    await open.expect("QUIT", "+OK");
  });

  test("has no room to read a mailbox says so", async (t) => {
    const world = await startWorld(t);
    const { server } = world;
    await world.put(two[0]);
    // A file where the mailbox should be.
    await rm(`${server.dataFolder}/mail/example.org/alice`, { recursive: true });
    await writeFile(`${server.dataFolder}/mail/example.org/alice`, "");
    const client = await openPop3(world.at("local"));
    assert.match(await client.logIn(user, password), /^-ERR \[SYS\/TEMP\] The mailbox cannot/);
    await server.untilLogged(({ event }) => event === "mailbox-unavailable");
    client.destroy();
  });
});

test("connections that are cut at any moment give the mailbox back", async (t) => {
  const world = await startWorld(t);
  await world.put(...two);
  const commands = `USER ${user}\r\nPASS ${password}\r\nLIST\r\nRETR 1\r\nDELE 1\r\n`;
  for (const moment of ["+OK", "+OK Now PASS", "+OK 2 messages, 53 octets", "1 29", "Hello"]) {
    const client = await openPop3(world.at("local"));
    client.write(commands);
    while (!(await client.line()).startsWith(moment)); // up to here
    client.socket.resetAndDestroy();
    await waitUntil("the mailbox is free", async () => {
      const next = await openPop3(world.at("local"));
      const said = await next.logIn(user, password);
      next.destroy();
      return said.startsWith("+OK 2 messages");
    });
  }
});
