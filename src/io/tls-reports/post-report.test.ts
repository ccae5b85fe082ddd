import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { createSecureContext } from "node:tls";
import { makeAuthority } from "../../../test/support/certificates.ts";
import type { HttpsWays } from "../https/ask.ts";
import { postReport } from "./post-report.ts";

const authority = makeAuthority("Test Authority");
const context = createSecureContext({ ca: authority.cert });
const report = Buffer.from("a report");
const ways: HttpsWays = {
  addresses: async () => ({ kind: "addresses", addresses: ["127.0.0.1"] }),
  authorities: async () => context,
  now: Date.now,
  timeout: 20_000,
};

async function serve(t: TestContext, status: number, name = "reports.example") {
  const taken: unknown[] = [];
  const { cert, key } = authority.issue({ names: [name] });
  const server = createServer({ cert, key }, (request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      taken.push([request.method, request.url, request.headers["content-type"], body]);
      response.writeHead(status, { location: "https://reports.example/" }).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  const { port } = server.address() as AddressInfo;
  return { taken, url: `https://reports.example:${port}/v1/tlsrpt?x=1` };
}

test("a report is handed over as the RFC says", async (t) => {
  const { url, taken } = await serve(t, 201);
  assert.ok((await postReport(url, report, ways)).ok);
  assert.deepEqual(taken, [["POST", "/v1/tlsrpt?x=1", "application/tlsrpt+gzip", "a report"]]);
});

test("one that is not taken is not done, and is carried nowhere else", async (t) => {
  for (const status of [302, 404, 500]) {
    const { url, taken } = await serve(t, status);
    const posted = await postReport(url, report, ways);
    assert.ok(!posted.ok);
    assert.equal(posted.problem, `${url} answers with status ${status}`);
    assert.equal(taken.length, 1);
  }
});

test("nothing is told to a host that is somebody else", async (t) => {
  const { url, taken } = await serve(t, 200, "other.example");
  const posted = await postReport(url, report, ways);
  assert.ok(!posted.ok);
  assert.match(posted.problem, /is for other\.example, not for reports\.example$/);
  const barred = await postReport(url, report, { ...ways, isBarred: () => true });
  assert.ok(!barred.ok);
  assert.deepEqual(taken, []);
});

for (const url of [
  "http://reports.example/",
  "https://127.0.0.1/",
  "https://[::1]/",
  "https://2130706433/",
  "https://user:password@reports.example/",
  "https://",
  "reports.example",
]) {
  test(`${url} is no address to report to`, async () => {
    const posted = await postReport(url, report, ways);
    assert.ok(!posted.ok);
    assert.match(posted.problem, /is no address to report to$/);
  });
}
