import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, suite, test } from "node:test";
import { waitUntil } from "../../../test/support/wait.ts";
import type { HttpHandler } from "./call.ts";
import type { HttpConnection, HttpTimes } from "./connection.ts";
import { HttpServer } from "./server.ts";

const client = { version: 4, octets: [192, 0, 2, 7] } as const;

interface Site {
  readonly errors: readonly unknown[];
  readonly connections: readonly HttpConnection[];
  /** Monotonic milliseconds go on. */
  pass(milliseconds: number): void;
  /** Sends the pieces, and resolves with all that comes until the server closes. */
  talk(...pieces: readonly (string | Buffer)[]): Promise<string>;
  open(): Promise<Socket>;
}

const servers: { close(): unknown }[] = [];
after(() => servers.forEach((server) => server.close()));

async function startSite(
  handle: HttpHandler,
  times: Partial<HttpTimes> = {},
  streams = 64,
): Promise<Site> {
  let time = 0;
  const errors: unknown[] = [];
  const connections: HttpConnection[] = [];
  const elapsed = () => time;
  const onError = (error: unknown) => void errors.push(error);
  const site = new HttpServer({ handle, onError, elapsed, times, streams });
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = site.serve(socket, client);
    connections.push(connection);
  });
  servers.push(listener);
  await once(listener.listen(0, "127.0.0.1"), "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = listener.address() as AddressInfo;

  async function open(): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  return {
    errors,
    connections,
    pass(milliseconds) {
      time += milliseconds;
      for (const connection of connections) if (connection.deadline <= time) connection.expire();
    },
    open,
    async talk(...pieces) {
      const socket = await open();
      const heard = listen(socket);
      for (const piece of pieces) socket.write(piece);
      await once(socket, "close");
      return heard();
    },
  };
}

function listen(socket: Socket): () => string {
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  return () => text;
}

const echo: HttpHandler = async (request, call) => {
  const body = await call.readBody(1000);
  const text = body.ok ? body.value.toString() : body.problem;
  return new Response(`${request.method} ${new URL(request.url).pathname} ${text}`);
};

function post(body: string, more = ""): string {
  return `POST /x HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const last = "Connection: close\r\n";

function undated(text: string): string {
  return text.replace(/date: .*\r\n/i, "");
}

function statuses(text: string): readonly string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = ""]) => status);
}

suite("requests are answered", async () => {
  const site = await startSite(echo);

  test("with what the handler says, and with the headers that every answer has", async () => {
    const text = await site.talk(post("hello", last));
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\n\r\nPOST \/x hello$/);
    for (const header of [
      "cache-control: no-store",
      "x-content-type-options: nosniff",
      "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    ]) {
      assert.ok(text.toLowerCase().includes(`\r\n${header}\r\n`), header);
    }
  });

  test("cut at every octet", async () => {
    const octets = post("hello", last);
    const expected = undated(await site.talk(octets));
    for (let at = 1; at < octets.length; at++) {
      const text = await site.talk(octets.slice(0, at), octets.slice(at));
      assert.equal(undated(text), expected, `cut at ${at}`);
    }
  });

  test("pipelined, in their order", async () => {
    const text = await site.talk(post("1") + post("2") + post("3", last));
    assert.deepEqual(text.match(/POST \/x \d/g), ["POST /x 1", "POST /x 2", "POST /x 3"]);
  });

  test("to a thousand on one connection, and no more", async () => {
    const text = await site.talk(post("1").repeat(1200));
    const all = statuses(text);
    assert.equal(all.filter((status) => status === "200").length, 1000);
  });

  test("in chunks", async () => {
    const head = `POST /x HTTP/1.1\r\nHost: a\r\n${last}Transfer-Encoding: chunked\r\n\r\n`;
    assert.match(await site.talk(`${head}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`), /POST \/x hello$/);
  });

  test("where the client has ended its side", async () => {
    const socket = await site.open();
    const heard = listen(socket);
    socket.end(post("hello", last));
    await once(socket, "close");
    assert.match(heard(), /POST \/x hello$/);
  });

  test("of HTTP/1.0 without a host", async () => {
    assert.match(await site.talk("GET /x HTTP/1.0\r\n\r\n"), /GET \/x $/);
  });

  test("that ask for the head alone", async () => {
    const text = await site.talk(`HEAD /x HTTP/1.1\r\nHost: a\r\n${last}\r\n`);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\n\r\n$/);
  });

  test("whatever else is in their path", async () => {
    for (const path of ["//evil.example/x", "/a b", "/\\..\\x", "/%00", "/?a=%zz", "/../x"]) {
      const text = await site.talk(`GET ${path} HTTP/1.1\r\nHost: a\r\n${last}\r\n`);
      assert.match(text, /^HTTP\/1\.1 [24]00 /, path);
    }
  });
});

suite("what is no request for us", async () => {
  const site = await startSite(echo);
  const cases: readonly (readonly [name: string, octets: string, status: string])[] = [
    ["SMTP", "EHLO client.example\r\n", "400"],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "400"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "400"],
    ["a proxy's form", "GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "400"],
    ["a tunnel", "CONNECT a:25 HTTP/1.1\r\nHost: a\r\n\r\n", "405"],
    ["a trace", "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405"],
    ["two lengths", post("hello", "Content-Length: 6\r\n"), "400"],
    ["a length and chunks", post("hello", "Transfer-Encoding: chunked\r\n"), "400"],
    ["a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"],
    ["a bare LF", "GET / HTTP/1.1\nHost: a\n\n", "400"],
    ["a folded header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400"],
    ["NUL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", "400"],
    ["huge headers", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    ["a huge path", `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, "431"],
    [
      "a bad chunk",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "400",
    ],
  ];
  for (const [name, octets, status] of cases) {
    test(name, async () => {
      const connection = site.talk(octets);
      // A host is missed once the headers are whole; the connection itself is not at fault.
      await waitUntil("it was looked at", () => site.connections.length > 0);
      const idle = setInterval(() => site.pass(1_000), 5);
      const text = await connection;
      clearInterval(idle);
      assert.deepEqual(statuses(text), [status], text);
      assert.match(text, /\r\n\r\n\{"error":"[^"]+"\}\n$/);
      assert.ok(!text.includes("    at "), text);
    });
  }
});

suite("bodies", async () => {
  const site = await startSite(echo);

  test("one that says it is too large is not waited for", async () => {
    const socket = await site.open();
    const heard = listen(socket);
    socket.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n");
    await waitUntil("there is an answer", () => heard().endsWith("too-large"));
    socket.destroy();
  });

  test("one that is too large is thrown away, and the next request is answered", async () => {
    const text = await site.talk(post("x".repeat(500_000)), post("hello", last));
    assert.deepEqual(text.match(/POST \/x [a-z-]*/g), ["POST /x too-large", "POST /x hello"]);
  });

  test("an endless one is cut in the end", async () => {
    const socket = await site.open();
    const heard = listen(socket);
    socket.write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const more = setInterval(() => socket.write(`400\r\n${"x".repeat(0x400)}\r\n`), 1);
    await waitUntil("there is an answer", () => heard().endsWith("too-large"));
    site.pass(10_001);
    await once(socket, "close");
    clearInterval(more);
  });

  test("one that is cut off is no body", async () => {
    let seen: string | undefined;
    const cut = await startSite(async (_, call) => {
      const body = await call.readBody(1000);
      seen = body.ok ? "a body" : body.problem;
      return new Response(seen);
    });
    const socket = await cut.open();
    socket.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhell");
    await waitUntil("the server has the headers", () => cut.connections[0]?.deadline === 10_000);
    socket.resetAndDestroy();
    await waitUntil("the body is over", () => seen !== undefined);
    assert.equal(seen, "cut-off");
    assert.deepEqual(cut.errors, []);
  });
});

suite("time", () => {
  test("a client that says nothing is left", async () => {
    const site = await startSite(echo);
    const socket = await site.open();
    const heard = listen(socket);
    await waitUntil("it is served", () => site.connections.length === 1);
    site.pass(10_000);
    await once(socket, "close");
    assert.equal(heard(), "");
  });

  test("one that sends its headers octet by octet has no more time for it", async () => {
    const site = await startSite(echo);
    const socket = await site.open();
    const closed = once(socket, "close");
    for (const octet of "GET /x HTTP/1.1\r\nX: aaaa") {
      socket.write(octet);
      await waitUntil("it is served", () => site.connections.length === 1);
      site.pass(500);
    }
    await closed;
  });

  test("nor one that sends its body so", async () => {
    const site = await startSite(echo);
    const socket = await site.open();
    const heard = listen(socket);
    socket.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
    await waitUntil("it is served", () => site.connections.length === 1);
    const closed = once(socket, "close");
    const more = setInterval(() => {
      socket.write("x");
      site.pass(500);
    }, 10);
    await closed;
    clearInterval(more);
    assert.deepEqual(statuses(heard()), ["408"]);
  });

  test("an idle connection is closed after a minute, and not before", async () => {
    const site = await startSite(echo);
    const socket = await site.open();
    const heard = listen(socket);
    socket.write(post("hello"));
    await waitUntil("there is an answer", () => heard().endsWith("hello"));
    await waitUntil("it is over", () => site.connections[0]?.deadline === 60_000);
    site.pass(59_000);
    socket.write(post("again"));
    await waitUntil("there is another", () => heard().endsWith("again"));
    const closed = once(socket, "close");
    await waitUntil("it is over", () => site.connections[0]?.deadline === 119_000);
    site.pass(61_000);
    await closed;
  });

  test("a handler that hangs costs its client the connection, nobody else's", async () => {
    const site = await startSite((request) =>
      new URL(request.url).pathname === "/hang" ? new Promise(() => {}) : new Response("here"),
    );
    const hanging = site.talk("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.match(await site.talk(`GET /x HTTP/1.1\r\nHost: a\r\n${last}\r\n`), /here$/);
    site.pass(29_000);
    site.pass(2_000);
    assert.equal(await hanging, "");
  });

  test("one that does not read its answer is cut", async () => {
    const site = await startSite(() => new Response("x".repeat(20_000_000)));
    const socket = await site.open();
    socket.pause().write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    await waitUntil("it is served", () => site.connections[0]?.deadline === 30_000);
    site.pass(30_000);
    site.pass(5_000);
    socket.resume();
    await once(socket, "close");
  });
});

suite("the end", () => {
  test("of an idle connection comes at once", async () => {
    const site = await startSite(echo);
    const socket = await site.open();
    socket.resume();
    await waitUntil("it is served", () => site.connections.length === 1);
    site.connections[0]?.shutdown();
    await once(socket, "close");
  });

  test("waits for the answer that is under way", async () => {
    const answer = Promise.withResolvers<Response>();
    const site = await startSite(() => answer.promise);
    const text = site.talk("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    await waitUntil("it is served", () => site.connections[0]?.deadline === 30_000);
    site.connections[0]?.shutdown();
    answer.resolve(new Response("after all"));
    assert.match(await text, /\r\nconnection: close\r\n[^]*after all$/i);
  });
});

/** An answer that goes on: what it is fed with, and whether anybody still hears it. */
function feed() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (cancelled = true),
  });
  return {
    response: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    tell: (text: string) => controller?.enqueue(Buffer.from(text)),
    end: () => controller?.close(),
    fail: () => controller?.error(new Error("the feed broke")),
    get isCancelled() {
      return cancelled;
    },
    /** Pieces that nobody has taken yet. */
    get waiting() {
      return 1 - (controller?.desiredSize ?? 1);
    },
  };
}

const watch = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

suite("an answer that goes on", () => {
  test("comes piece by piece, and the connection serves on behind it", async () => {
    const events = feed();
    const site = await startSite((request, call) =>
      request.method === "GET" ? events.response() : echo(request, call),
    );
    const socket = await site.open();
    const heard = listen(socket);
    socket.write(watch);
    await waitUntil("the headers are there", () => heard().endsWith("\r\n\r\n"));
    assert.match(heard(), /^HTTP\/1\.1 200 OK\r\n[^]*content-type: text\/event-stream\r\n/i);
    assert.match(heard(), /\r\ncache-control: no-store\r\n/i);
    assert.doesNotMatch(heard(), /content-length/i);
    events.tell("data: 1\n\n");
    await waitUntil("the first piece is there", () => heard().includes("data: 1\n\n"));
    site.pass(3_000_000);
    events.tell("data: 2\n\n");
    await waitUntil("the second piece is there", () => heard().includes("data: 2\n\n"));
    events.end();
    await waitUntil("it has ended", () => heard().endsWith("0\r\n\r\n"));
    socket.write(post("hello", last));
    await once(socket, "close");
    assert.match(heard(), /POST \/x hello$/);
    assert.deepEqual(site.errors, []);
  });

  test("ends for whoever makes it when the client is gone", async () => {
    for (const leave of ["destroy", "end"] as const) {
      const events = feed();
      const site = await startSite(() => events.response());
      const socket = await site.open();
      const heard = listen(socket);
      socket.write(watch);
      await waitUntil("it has begun", () => heard() !== "");
      socket[leave]();
      await waitUntil(`it hears of the ${leave}`, () => events.isCancelled);
      assert.deepEqual(site.errors, []);
    }
  });

  test("is made no faster than the client reads, who is cut when it does not", async () => {
    const events = feed();
    const site = await startSite(() => events.response());
    const socket = await site.open();
    socket.pause().write(watch);
    await waitUntil("it is served", () => site.connections[0]?.deadline === 3_600_000);
    const piece = "x".repeat(1_000_000);
    for (let count = 0; count < 40; count++) events.tell(piece);
    await waitUntil("it waits for the client", () => site.connections[0]?.deadline === 30_000);
    assert.ok(events.waiting > 20, "more is not taken than can be sent");
    site.pass(30_000);
    site.pass(5_000);
    await waitUntil("it hears of it", () => events.isCancelled);
    socket.destroy();
  });

  test("ends after its own time", async () => {
    const events = feed();
    const site = await startSite(() => events.response());
    const socket = await site.open();
    const heard = listen(socket);
    socket.write(watch);
    await waitUntil("it has begun", () => site.connections[0]?.deadline === 3_600_000);
    site.pass(3_600_000);
    await waitUntil("it hears of it", () => events.isCancelled);
    await waitUntil("the client, too", () => heard().endsWith("\r\n0\r\n\r\n"));
    socket.destroy();
  });

  test("ends with the server", async () => {
    const events = feed();
    const site = await startSite(() => events.response());
    const text = site.talk(watch);
    await waitUntil("it has begun", () => site.connections[0]?.deadline === 3_600_000);
    site.connections[0]?.shutdown();
    assert.match(await text, /\r\n0\r\n\r\n$/);
    assert.equal(events.isCancelled, true);
  });

  test("that breaks is logged, and cut off", async () => {
    const events = feed();
    const site = await startSite(() => events.response());
    const socket = await site.open();
    const heard = listen(socket);
    socket.write(watch);
    await waitUntil("it has begun", () => heard() !== "");
    events.fail();
    await once(socket, "close");
    assert.equal(site.errors.length, 1);
  });

  test("is one of so many", async () => {
    const site = await startSite(() => feed().response(), {}, 2);
    const sockets = await Promise.all([site.open(), site.open()]);
    for (const socket of sockets) {
      const heard = listen(socket);
      socket.write(watch);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await waitUntil("it has begun", () => heard().startsWith("HTTP/1.1 200 "));
    }
    const third = await site.open();
    const heard = listen(third);
    third.write(watch);
    await waitUntil("it is turned away", () => heard().includes("too many pages are watching"));
    sockets[0]?.destroy();
    await waitUntil("there is room again", async () => {
      third.write(watch);
      return statuses(heard()).includes("200");
    });
    for (const socket of [...sockets, third]) socket.destroy();
  });
});

test("a handler that throws is an answer without a word of why", async () => {
  const site = await startSite(() => {
    throw new Error("the password is hunter2");
  });
  const text = await site.talk(`GET /x HTTP/1.1\r\nHost: a\r\n${last}\r\n`);
  assert.match(
    text,
    /^HTTP\/1\.1 500 [^]*\{"error":"this failed here; the server's log says why"\}\n$/,
  );
  assert.ok(!text.includes("hunter2"));
  assert.equal(site.errors.length, 1);
});

test("pipelined requests have their turns: one connection has one thing done at once", async () => {
  let atOnce = 0;
  let most = 0;
  let count = 0;
  const site = await startSite(async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
    return new Response(String(++count));
  });
  const text = await site.talk("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000));
  assert.equal(statuses(text).length, 1_000);
  assert.equal(most, 1);
});

test("what is pipelined behind an answer that nobody reads is not even begun", async () => {
  let begun = 0;
  const large = "x".repeat(4_000_000);
  const site = await startSite(() => {
    begun++;
    return new Response(large);
  });
  const socket = await site.open();
  socket.pause();
  socket.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500));
  await waitUntil("the first is answered", () => begun > 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(begun <= 5, `${begun} were begun`);
  const before = begun;
  socket.destroy();
  await waitUntil("the connection is gone", () => site.connections[0]?.hasLeft !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(begun, before);
});
