import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createServer as createTlsServer, type TlsOptions, type SecureContext } from "node:tls";
import { type Certificate, makeAuthority } from "../../../../test/support/certificates.ts";
import { temporaryFolder } from "../../../../test/support/server.ts";
import { readAuthorities, systemAuthorities } from "./authorities.ts";
import { secureHost, type SecureHostOptions } from "./secure-host.ts";
import { createSessionCache } from "./session-cache.ts";

const authority = makeAuthority("Test Authority");
const good = authority.issue({ names: ["mx.example", "*.wild.example"] });

const cleanup = { after: (end: () => Promise<void>) => after(end) };

async function trusting(...certificates: readonly Certificate[]): Promise<SecureContext> {
  const file = join(await temporaryFolder(cleanup), "authorities.pem");
  await writeFile(file, certificates.map(({ cert }) => cert).join("\n"));
  const read = await readAuthorities(file);
  assert.ok(read.ok);
  return read.value;
}

/** @param handle what a host does that speaks no TLS. */
async function startHost(options: TlsOptions | ((socket: Socket) => void)): Promise<number> {
  const open = new Set<Socket>();
  const server =
    typeof options === "function"
      ? createServer(options)
      : createTlsServer(options, (socket) => socket.on("error", () => {}).end("hello"));
  server.on("connection", (socket: Socket) => open.add(socket.on("error", () => {})));
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return (server.address() as AddressInfo).port;
}

type Overrides = Partial<SecureHostOptions> & { readonly authorities: SecureContext };

async function shake(port: number, overrides: Overrides) {
  const clear = connect(port, "127.0.0.1");
  await once(clear, "connect");
  const { socket, done } = secureHost(clear, {
    host: "mx.example",
    port,
    sessions: createSessionCache(() => 0),
    now: Date.now,
    ...overrides,
  });
  socket.on("error", () => {});
  const result = await done;
  return { socket, clear, result, end: () => clear.destroy() };
}

async function doubtOf(port: number, overrides: Overrides): Promise<string | undefined> {
  const { result, end } = await shake(port, overrides);
  end();
  assert.ok(result.ok, JSON.stringify(result));
  return result.value.doubt;
}

describe("what is wrong with a certificate is said", () => {
  const today = new Date().toISOString().slice(0, 10);
  const other = makeAuthority("Another Authority");
  const cases: readonly {
    readonly what: string;
    readonly shown: Certificate;
    readonly host?: string;
    readonly doubt: RegExp | undefined;
  }[] = [
    { what: "nothing", shown: good, doubt: undefined },
    { what: "nothing, by a wildcard", shown: good, host: "a.wild.example", doubt: undefined },
    {
      what: "a wildcard is for one label",
      shown: good,
      host: "a.b.wild.example",
      doubt: /^the certificate is for mx\.example, \*\.wild\.example, not for a\.b\.wild\.example$/,
    },
    {
      what: "another name",
      shown: authority.issue({ names: ["other.example"] }),
      doubt: /^the certificate is for other\.example, not for mx\.example$/,
    },
    {
      what: "many other names",
      shown: authority.issue({ names: Array.from({ length: 8 }, (_, at) => `n${at}.example`) }),
      doubt: /is for n0\.example, .*n4\.example and 3 more, not for mx\.example$/,
    },
    {
      what: "expired",
      shown: authority.issue({ names: ["mx.example"], from: -20, to: -10 }),
      doubt: /^the certificate expired on 20\d\d-\d\d-\d\d$/,
    },
    {
      what: "not yet valid",
      shown: authority.issue({ names: ["mx.example"], from: 10, to: 20 }),
      doubt: /^the certificate is not valid before 20\d\d-\d\d-\d\d$/,
    },
    {
      what: "an authority that nobody knows",
      shown: other.issue({ names: ["mx.example"] }),
      doubt:
        /^the certificate comes from an authority that is not trusted here \(CN=Another Authority\)$/,
    },
    {
      what: "self-signed",
      shown: other,
      doubt: /^the certificate is self-signed; it is for .*, not/,
    },
    {
      what: "all at once",
      shown: other.issue({ names: ["x.example"], from: -20, to: -10 }),
      doubt: /^the certificate expired on .*; it is for x\.example, not for mx\.example$/,
    },
    {
      what: "an address",
      shown: authority.issue({ names: ["127.0.0.1"] }),
      host: "127.0.0.1",
      doubt: undefined,
    },
    {
      what: "an address that it is not for",
      shown: good,
      host: "127.0.0.1",
      doubt: /is for mx\.example, \*\.wild\.example, not for 127\.0\.0\.1$/,
    },
  ];
  for (const { what, shown, host = "mx.example", doubt } of cases) {
    test(what, async () => {
      const port = await startHost({ ...shown });
      const found = await doubtOf(port, { authorities: await trusting(authority), host });
      if (doubt === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", doubt);
      assert.ok(!found?.includes(`expired on ${today}`));
    });
  }

  test("a host's own certificate can be trusted by itself", async () => {
    const port = await startHost({ ...good });
    assert.equal(await doubtOf(port, { authorities: await trusting(good) }), undefined);
  });

  test("this machine's authorities know nothing of the test's, unless they are told", async () => {
    const port = await startHost({ ...good });
    const system = await systemAuthorities({});
    assert.match((await doubtOf(port, { authorities: system })) ?? "", /not trusted here/);
    const file = join(await temporaryFolder(cleanup), "ca.pem");
    await writeFile(file, authority.cert);
    const told = await systemAuthorities({ SSL_CERT_FILE: file });
    assert.equal(await doubtOf(port, { authorities: told }), undefined);
  });
});

const answering = (octets: string | Buffer) => (socket: Socket) =>
  void socket.once("data", () => socket.write(octets));

describe("a handshake that comes to nothing says why", () => {
  const old = "DEFAULT@SECLEVEL=0";
  const cases: readonly (readonly [string, TlsOptions | ((socket: Socket) => void), object])[] = [
    ["SMTP", answering("500 what?\r\n500 what?\r\n"), failed("what the host says is no TLS")],
    ["garbage", answering(Buffer.alloc(500, 0xfe)), failed("what the host says is no TLS")],
    ["close", (socket) => void socket.once("data", () => socket.end()), { kind: "lost" }],
    [
      "reset",
      (socket) => void socket.once("data", () => socket.resetAndDestroy()),
      { kind: "lost" },
    ],
    [
      "TLS 1.1 alone",
      { ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: old },
      failed("there is no version of TLS in common (we take 1.2 and 1.3)"),
    ],
    [
      "ciphers that nobody has",
      { ...good, maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0" },
      failed("the host finds no cipher in common, or wants a certificate of us"),
    ],
  ];
  for (const [what, host, problem] of cases) {
    test(what, async () => {
      const port = await startHost(host);
      const { result, end } = await shake(port, { authorities: await trusting(authority) });
      end();
      assert.deepEqual(result, { ok: false, problem });
    });
  }

  test("a host that says nothing is given up by whoever waits", async () => {
    const port = await startHost(() => {});
    const clear = connect(port, "127.0.0.1");
    await once(clear, "connect");
    const { done } = secureHost(clear, {
      host: "mx.example",
      port,
      authorities: await trusting(authority),
      sessions: createSessionCache(() => 0),
      now: Date.now,
    });
    clear.destroy();
    assert.deepEqual(await done, { ok: false, problem: { kind: "lost" } });
  });
});

function failed(detail: string) {
  return { kind: "failed", detail };
}

describe("a session goes on", () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`with ${maxVersion}, with what was found of the certificate, and with the channel's binding`, async () => {
      const port = await startHost({ ...good, maxVersion });
      const sessions = createSessionCache(() => 0);
      const authorities = await trusting(makeAuthority("Somebody"));
      const reused: boolean[] = [];
      for (let round = 0; round < 3; round++) {
        const { socket, clear, result } = await shake(port, { authorities, sessions });
        assert.ok(result.ok);
        assert.match(result.value.doubt ?? "", /not trusted here/);
        assert.equal(result.value.protocol, maxVersion);
        assert.equal(Object.values(result.value.channelBindings)[0]?.length, 32);
        reused.push(socket.isSessionReused());
        socket.resume();
        await once(socket, "end"); // the tickets of TLS 1.3 come before the host's words
        clear.destroy();
      }
      assert.deepEqual(reused, [false, true, true]);
    });
  }

  test("not with other authorities, nor after an hour", async () => {
    const port = await startHost({ ...good });
    let time = 0;
    const sessions = createSessionCache(() => time);
    const one = await trusting(authority);
    const other = await trusting(makeAuthority("Somebody"));
    const go = async (authorities: SecureContext) => {
      const { socket, clear } = await shake(port, { authorities, sessions });
      const isReused = socket.isSessionReused();
      socket.resume();
      await once(socket, "end");
      clear.destroy();
      return isReused;
    };
    assert.equal(await go(one), false);
    assert.equal(await go(other), false);
    assert.equal(await go(one), true);
    time = 3_600_001;
    assert.equal(await go(one), false);
  });
});
