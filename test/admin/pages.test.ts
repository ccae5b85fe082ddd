// The pages as a browser asks for them, and as somebody does who means no good.

import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { startOperatedServer } from "../support/operated-server.ts";
import { openSession } from "../support/smtp-client.ts";
import { freePort } from "../support/free-port.ts";
import { waitUntil } from "../support/wait.ts";

const mx = { host: "127.0.0.1", port: await freePort() };
const server = await startOperatedServer(
  { after },
  {
    configuration: {
      listeners: {
        admin: { role: "admin", listen: ["127.0.0.1:0"] },
        mx: { role: "mx", listen: [`127.0.0.1:${mx.port}`] },
      },
      relay: { networks: ["127.0.0.1"] },
      routes: [{ to: "*", via: `127.0.0.1:${await freePort()}` }],
      queue: { retry: ["1h"] },
    },
  },
);
await server.addOperator("ann");
await server.addOperator("bob");
const ann = server.browser();
await ann.logIn("ann");

async function sendMail(count: number): Promise<void> {
  const client = await openSession(mx);
  for (let sent = 0; sent < count; sent++) {
    const to = [`u${sent}@far.example`];
    await client.send({ from: "news@client.example", to, content: "Subject: x\r\n\r\nx\r\n" });
  }
  client.destroy();
}
await sendMail(3);

async function textOf(path: string): Promise<string> {
  return (await ann.get(path)).text();
}

suite("whoever has not logged in", () => {
  test("is led to the login from every page, and back", async () => {
    for (const path of ["/", "/ask", "/queue", "/queue/act?act=delete&all=yes"]) {
      const { status, headers } = await server.browser().get(path);
      assert.equal(status, 303, path);
      assert.match(headers.get("location") ?? "", /^\/login(\?next=%2F|$)/, path);
    }
  });

  test("hears of no changes, and does nothing", async () => {
    const nobody = server.browser();
    const stream = await nobody.get("/events?topics=queue", { accept: "text/event-stream" });
    assert.equal(stream.status, 401);
    const act = await nobody.submit("/queue/act", { act: "delete", all: "yes" });
    assert.equal(act.status, 303);
    assert.match(act.headers.get("location") ?? "", /^\/login/);
    assert.equal((await server.operations.queueList({}, { after: 0, limit: 9 })).length, 3);
  });

  test("gets the style sheet, to be kept, and nothing beside it", async () => {
    const nobody = server.browser();
    const page = await (await nobody.get("/login")).text();
    const [, url = ""] = /href="(?<url>\/static\/[^"]+\.css)"/.exec(page) ?? [];
    const sheet = await nobody.get(url);
    assert.equal(sheet.status, 200);
    assert.match(sheet.headers.get("cache-control") ?? "", /immutable/);
    const elsewhere = [url.replace(/[^/]+$/, "..%2fframe.ts"), url.replace(/[0-9a-f]{12}/, "0")];
    for (const path of elsewhere) assert.equal((await nobody.get(path)).status, 404, path);
  });
});

suite("a form", () => {
  test("without its token, or with another one's, does nothing", async () => {
    const bob = server.browser();
    await bob.logIn("bob");
    const [, others = ""] =
      /name="csrf" value="(?<token>[^"]+)"/.exec(await (await bob.get("/ask")).text()) ?? [];
    for (const csrf of ["", "x", others]) {
      const response = await ann.submit("/queue/act", { act: "delete", all: "yes", csrf });
      assert.equal(response.status, 403);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.match(await response.text(), /older than your login/);
    }
    assert.equal((await server.operations.queueList({}, { after: 0, limit: 9 })).length, 3);
  });

  test("leads back to pages of ours alone", async () => {
    for (const back of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:1",
      "/.//evil.example",
      "/queue/..//evil.example",
      "/%2e//evil.example",
    ]) {
      const fields = { act: "hold", id: "00000000001", back };
      const response = await ann.submit("/queue/act", fields);
      assert.match(response.headers.get("location") ?? "", /^\/queue\?said=[\w-]+$/, back);
    }
  });

  test("is done once: what came of it stands at an address that acts on nothing", async () => {
    const before = (await server.operations.auditList({}, 500)).length;
    const [entry] = await server.operations.queueList({}, { after: 0, limit: 1 });
    const id = /\/queue\/(?<id>0[a-z0-9]+)/.exec(await textOf("/queue"))?.groups?.["id"] ?? "";
    const done = await ann.submit("/queue/act", { act: "hold", id, meant: "1" });
    assert.equal(done.status, 303);
    const at = done.headers.get("location") ?? "";
    for (const _ of [1, 2]) assert.match(await textOf(at), /1 message on hold\./);
    const bob = server.browser();
    await bob.logIn("bob");
    assert.doesNotMatch(await (await bob.get(at)).text(), /on hold\./, "it was said to ann");
    const audit = await server.operations.auditList({}, 500);
    assert.equal(audit.length, before + 1);
    assert.deepEqual([audit[0]?.who, audit[0]?.via, audit[0]?.act], ["ann", "page", "queueHold"]);
    await server.operations.queueRelease({ ids: [entry?.id ?? 0] });
  });

  test("for all means those that were there when it was shown", async () => {
    const shown = await textOf("/queue/act?act=hold&all=yes&sender=news%40client.example");
    assert.match(shown, /<h1>Hold 3 messages\?<\/h1>/);
    const [, until = ""] = /name="until" value="(?<until>\d+)"/.exec(shown) ?? [];
    await sendMail(1);
    const fields = { act: "hold", all: "yes", until, sender: "news@client.example", meant: "3" };
    const done = await ann.submit("/queue/act", fields);
    assert.match(await textOf(done.headers.get("location") ?? ""), /3 messages on hold\./);
    const held = await server.operations.queueList({ state: "held" }, { after: 0, limit: 9 });
    assert.equal(held.length, 3);
    await server.operations.queueRelease({ ids: "all" });
  });
});

test("what comes of age after an act was shown is none of it", async () => {
  const shown = await textOf("/queue/act?act=hold&all=yes&older=1h");
  assert.match(shown, /Hold: nothing to do/);
  const until = String(Date.now());
  server.pass(2 * 3_600_000);
  const fields = { act: "hold", all: "yes", older: "1h", until, meant: "1" };
  const done = await ann.submit("/queue/act", fields);
  assert.match(await textOf(done.headers.get("location") ?? ""), /Nothing was left to do/);
  assert.equal(
    (await server.operations.queueList({ state: "held" }, { after: 0, limit: 9 })).length,
    0,
  );
});

test("a filter that cannot be read means nothing, not everything", async () => {
  for (const wrong of [{ domain: "no domain" }, { sender: "nobody" }, { older: "long" }]) {
    const done = await ann.submit("/queue/act", { act: "hold", all: "yes", meant: "1", ...wrong });
    assert.match(await textOf(done.headers.get("location") ?? ""), /Nothing was done/);
  }
  assert.equal(
    (await server.operations.queueList({ state: "held" }, { after: 0, limit: 9 })).length,
    0,
  );
});

suite("what is wrong is said as a page", () => {
  const cases: readonly (readonly [path: string, status: number, text: RegExp])[] = [
    ["/nowhere", 404, /There is nothing here/],
    ["/queue/00000000001", 404, /it was delivered, bounced or deleted/],
    ["/queue/x", 404, /no message’s id/],
    ["/queue/act?act=hold", 400, /Nothing is selected/],
    ["/queue/act?act=drop&all=yes", 400, /Nothing is selected/],
    ["/queue?domain=%00&older=never", 400, /Write a domain such as/],
    ["/queue?after=-1&before=zz&first=%3Cscript%3E", 200, /4 messages/],
    ["/ask?ip=x&from=x&to=x", 400, /Write an IP address/],
    ["/ask/find?what=%3Cscript%3E", 400, /neither a decision’s id nor an IP address/],
    ["/ask/decision/00000000001.1", 404, /no decision 00000000001\.1 is kept/i],
    ["/ask/decision/%3Cscript%3E", 404, /is no decision’s id/],
    ["/ask/client/%3Cscript%3E", 404, /is no IP address/],
    ["/ask/client/192.0.2.77", 200, /no decision for 192\.0\.2\.77 is kept/],
    [`/ask?ip=192.0.2.1&to=${"x".repeat(7_000)}`, 400, /Write an address/],
  ];
  for (const [path, status, text] of cases) {
    test(path.slice(0, 60), async () => {
      const response = await ann.get(path);
      assert.equal(response.status, status);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      const page = await response.text();
      assert.match(page, text);
      assert.doesNotMatch(page, /<script>/);
    });
  }

  test("and to a program as JSON", async () => {
    const response = await ann.get("/nowhere", { accept: "*/*" });
    assert.equal(response.status, 404);
    assert.deepEqual(Object.keys((await response.json()) ?? {}), ["error"]);
  });

  test("also to whoever comes by a foreign name, or from another site", async () => {
    const site = await ann.get("/queue", { origin: "https://evil.example" });
    assert.equal(site.status, 403);
    assert.match(await site.text(), /Not allowed/);
  });
});

test("an open page hears of the queue, and of what it missed", async () => {
  const [, count = ""] = /data-changes="(?<count>\d+)"/.exec(await textOf("/queue")) ?? [];
  await sendMail(1);
  const stream = await ann.get(`/events?topics=queue&since=${count}`);
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  let heard = "";
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  void (async () => {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      heard += part.value;
    }
  })();
  const times = () => heard.split("event: changed\ndata: queue\n\n").length - 1;
  await waitUntil("what was missed is told", () => times() === 1);
  await server.operations.queueHold({ ids: "all" });
  await waitUntil("and what happens then", () => times() >= 2);
  await reader?.cancel();
});
