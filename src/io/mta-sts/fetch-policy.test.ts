// Policies from a real HTTPS server on loopback, with certificates of a test's own authority.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { createSecureContext } from "node:tls";
import { gzipSync } from "node:zlib";
import { type Certificate, makeAuthority } from "../../../test/support/certificates.ts";
import type { HttpsWays } from "../https/ask.ts";
import { fetchStsPolicy } from "./fetch-policy.ts";

const authority = makeAuthority("Test Authority");
const own = authority.issue({ names: ["mta-sts.example.org"] });
const context = createSecureContext({ ca: authority.cert });

const text = "version: STSv1\nmode: enforce\nmx: mx.example.org\nmax_age: 86400\n";
const plain = { "content-type": "text/plain; charset=utf-8" };

async function serve(handle: RequestListener, certificate: Certificate = own): Promise<number> {
  const server = createServer({ cert: certificate.cert, key: certificate.key }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return (server.address() as AddressInfo).port;
}

const here: HttpsWays = {
  addresses: async () => ({ kind: "addresses", addresses: ["127.0.0.1"] }),
  authorities: async () => context,
  now: Date.now,
  timeout: 20_000,
};

const givePolicy: RequestListener = (_, response) => void response.writeHead(200, plain).end(text);

/** What is wrong, with its type; or the policy's mode. */
async function fetched(port: number, changes: Partial<HttpsWays> = {}): Promise<string> {
  const result = await fetchStsPolicy("example.org", port, { ...here, ...changes });
  return result.ok ? result.value.mode : `${result.problem.type}: ${result.problem.why}`;
}

test("the policy is asked for as the RFC says", async () => {
  const asked: unknown[] = [];
  const port = await serve((request, response) => {
    const { method, url, headers } = request;
    asked.push([method, url, headers.host]);
    response.writeHead(200, plain).end(text);
  });
  assert.equal(await fetched(port), "enforce");
  assert.deepEqual(asked, [["GET", "/.well-known/mta-sts.txt", `mta-sts.example.org:${port}`]]);
});

test("another address is tried where one does not answer", async () => {
  const port = await serve(givePolicy);
  const addresses = ["127.0.0.99", "127.0.0.1"];
  const ways = { addresses: async () => ({ kind: "addresses", addresses }) as const };
  assert.equal(await fetched(port, ways), "enforce");
});

describe("answers that are no policy", () => {
  const cases: Readonly<Record<string, readonly [RequestListener, RegExp]>> = {
    "not there": [
      (_, response) => void response.writeHead(404, plain).end(text),
      /^sts-policy-fetch-error: the answer has status 404/,
    ],
    "somewhere else": [
      (_, response) =>
        void response.writeHead(301, { ...plain, location: "/policy.txt" }).end(text),
      /^sts-policy-fetch-error: the answer has status 301/,
    ],
    "a web page": [
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end(text),
      /^sts-policy-invalid: the answer is text\/html, not text\/plain$/,
    ],
    "of no type": [
      (_, response) => void response.writeHead(200).end(text),
      /^sts-policy-invalid: the answer is of no type/,
    ],
    malformed: [
      (_, response) => void response.writeHead(200, plain).end(text.replace("enforce", "maybe")),
      /^sts-policy-invalid: its mode is "maybe"/,
    ],
    huge: [
      (_, response) => {
        response.writeHead(200, plain);
        response.end(`${text}${"x: y\n".repeat(20_000)}`);
      },
      /^sts-policy-fetch-error: the answer has more than 65536 octets$/,
    ],
    "without an end": [
      (_, response) => {
        response.writeHead(200, plain);
        const more = () => response.write("x".repeat(10_000), more);
        more();
      },
      /^sts-policy-fetch-error: the answer has more than 65536 octets$/,
    ],
    compressed: [
      (_, response) => {
        response.writeHead(200, { ...plain, "content-encoding": "gzip" }).end(gzipSync(text));
      },
      /^sts-policy-invalid: its line 1/,
    ],
    "cut off": [
      (_, response) => {
        response.writeHead(200, { ...plain, "content-length": "1000" });
        response.write(text, () => response.destroy());
      },
      /^sts-policy-fetch-error: the answer was cut off$/,
    ],
    "cut before": [(request) => void request.destroy(), /^sts-policy-fetch-error: socket hang up$/],
  };
  for (const [what, [handle, problem]] of Object.entries(cases)) {
    test(what, async () => assert.match(await fetched(await serve(handle)), problem));
  }

  test("slow", async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, plain);
      const timer = setInterval(() => response.write("x: y\n"), 20);
      response.on("close", () => clearInterval(timer));
    });
    assert.match(
      await fetched(port, { timeout: 400 }),
      /^sts-policy-fetch-error: no answer within/,
    );
  });

  test("given up at the server's stop", async () => {
    const stopped = new AbortController();
    const port = await serve(() => stopped.abort());
    const { signal } = stopped;
    assert.equal(await fetched(port, { stopped: signal }), "sts-policy-fetch-error: given up");
  });
});

describe("certificates that are not for the host", () => {
  const cases: Readonly<Record<string, readonly [Certificate, RegExp]>> = {
    "another name": [
      authority.issue({ names: ["example.org"] }),
      /is for example\.org, not for mta-sts\.example\.org/,
    ],
    expired: [authority.issue({ names: ["mta-sts.example.org"], from: -9, to: -2 }), /expired on/],
    "nobody's": [
      makeAuthority("Nobody").issue({ names: ["mta-sts.example.org"] }),
      /authority that is not trusted here/,
    ],
    "its own": [makeAuthority("mta-sts.example.org"), /is self-signed/],
  };
  for (const [what, [certificate, problem]] of Object.entries(cases)) {
    test(what, async () => {
      let asked = 0;
      const port = await serve((_, response) => {
        asked++;
        response.writeHead(200, plain).end(text);
      }, certificate);
      const said = await fetched(port);
      assert.match(said, /^sts-webpki-invalid: the certificate /);
      assert.match(said, problem);
      assert.equal(asked, 0, "nothing is asked of a host that is somebody else");
    });
  }

  test("a wildcard will do", async () => {
    const certificate = authority.issue({ names: ["*.example.org"] });
    assert.equal(await fetched(await serve(givePolicy, certificate)), "enforce");
  });
});

describe("hosts that cannot be reached", () => {
  test("without an address", async () => {
    const gone = { addresses: async () => ({ kind: "no-such-host" }) as const };
    assert.match(await fetched(1, gone), /^sts-policy-fetch-error: mta-sts\.example\.org has no/);
    const unknown = { addresses: async () => ({ kind: "unknown", why: "no answer" }) as const };
    assert.match(await fetched(1, unknown), /is unknown: no answer$/);
  });

  test("at addresses that are barred", async () => {
    const port = await serve(() => assert.fail("it was asked"));
    assert.match(await fetched(port, { isBarred: () => true }), /no address of .* to connect to$/);
  });

  test("with nobody behind the port", async () => {
    assert.match(await fetched(1), /^sts-policy-fetch-error: 127\.0\.0\.1:1 refused/);
  });
});
