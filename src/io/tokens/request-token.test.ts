import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createSecureContext } from "node:tls";
import { describe, test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { makeAuthority } from "../../../test/support/certificates.ts";
import { startTokenEndpoint } from "../../../test/support/token-endpoint.ts";
import { requestToken } from "./request-token.ts";

const authority = makeAuthority("Test Authority");
const authorities = createSecureContext({ ca: authority.cert });
const certified = authority.issue({ names: ["localhost"] });
const client = { clientId: "us & them", scope: "a b" };
const clientSecret = "s3cret+/=&";

async function ask(t: TestContext, answer?: RequestListener, tls = certified, patience = 10_000) {
  const endpoint = await startTokenEndpoint(t, tls);
  endpoint.answer = answer;
  const found = await requestToken(
    { ...client, tokenUrl: endpoint.url },
    { clientSecret },
    { authorities, patience },
  );
  return { endpoint, found, said: found.ok ? "" : found.problem.replace(endpoint.url, "URL") };
}

const json =
  (value: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.statusCode = status;
    response.end(JSON.stringify(value));
  };

describe("a token", () => {
  test("by the client's own credentials", async (t) => {
    const { endpoint, found } = await ask(t);
    assert.deepEqual(found, { ok: true, value: { token: "token-1", lifetime: 3_599_000 } });
    assert.deepEqual(endpoint.asked, [
      {
        grant_type: "client_credentials",
        client_id: client.clientId,
        client_secret: clientSecret,
        scope: client.scope,
      },
    ]);
  });

  test("by a refresh token, of a client without a secret", async (t) => {
    const { url, asked } = await startTokenEndpoint(t, certified);
    const options = { authorities };
    await requestToken({ tokenUrl: url, clientId: "us" }, { refreshToken: "r/1" }, options);
    assert.deepEqual(asked, [
      { grant_type: "refresh_token", refresh_token: "r/1", client_id: "us" },
    ]);
  });

  test("in the clear on this machine", async (t) => {
    const { url } = await startTokenEndpoint(t);
    const found = await requestToken({ ...client, tokenUrl: url }, {}, { authorities });
    assert.ok(found.ok);
  });
});

describe("no token", () => {
  test("where the authority refuses, in its words and without the secret", async (t) => {
    const refusal = { error: "invalid_client", error_description: `not ${clientSecret}` };
    const { said } = await ask(t, json(refusal, 401));
    assert.equal(said, "no access token from URL: status 401: invalid_client: not …");
  });

  const wrong: readonly (readonly [string, RequestListener, RegExp])[] = [
    ["where it answers no JSON", (_, response) => void response.end("<html>"), /no JSON object$/],
    ["where it answers another JSON", json({ token: "x" }), /no access_token/],
    [
      "where it sends on to another place",
      (_, response) => {
        response.writeHead(307, { location: "https://localhost:1/" }).end();
      },
      /status 307$/,
    ],
    [
      "where it answers without end",
      (_, response) => {
        const more = (): void => void response.write("x".repeat(10_000), more);
        response.on("error", () => {});
        more();
      },
      /more than 65536 octets$/,
    ],
    [
      "where it compresses unasked",
      (_, response) => {
        response.setHeader("content-encoding", "gzip").end(gzipSync("{}"));
      },
      /no JSON object$/,
    ],
    ["where it hangs up", (request) => void request.socket.destroy(), /: .*socket hang up$/],
    [
      "where it hangs up amid its answer",
      (request, response) => {
        response.write('{"access_token"', () => request.socket.destroy());
      },
      /aborted$/,
    ],
  ];
  for (const [name, answer, said] of wrong) {
    test(name, async (t) => assert.match((await ask(t, answer)).said, said));
  }

  test("where it does not answer in time", async (t) => {
    const { said } = await ask(t, () => {}, certified, 200);
    assert.equal(said, "no access token from URL: it did not answer in time");
  });

  test("where it begins to answer, and does not end in time", async (t) => {
    const { said } = await ask(t, (_, response) => void response.write("{"), certified, 300);
    assert.equal(said, "no access token from URL: it did not answer in time");
  });

  const certificates: readonly (readonly [
    string,
    Parameters<typeof authority.issue>[0],
    RegExp,
  ])[] = [
    ["has expired", { names: ["localhost"], from: -9, to: -2 }, /certificate has expired/],
    ["is for another name", { names: ["other.example"] }, /does not match certificate's altnames/],
  ];
  for (const [name, request, said] of certificates) {
    test(`where its certificate ${name}`, async (t) => {
      const { endpoint, said: problem } = await ask(t, undefined, authority.issue(request));
      assert.match(problem, said);
      assert.deepEqual(endpoint.asked, [], "and it is told nothing");
    });
  }

  test("where nobody vouches for it", async (t) => {
    const stranger = makeAuthority("Nobody").issue({ names: ["localhost"] });
    const { endpoint, said } = await ask(t, undefined, stranger);
    assert.match(said, /unable to verify|self.signed|issuer/);
    assert.deepEqual(endpoint.asked, []);
  });

  test("from another machine in the clear", async () => {
    const tokenUrl = "http://login.example/token";
    const found = await requestToken({ ...client, tokenUrl }, {}, { authorities });
    assert.ok(!found.ok);
    assert.match(found.problem, /in the clear/);
  });
});
