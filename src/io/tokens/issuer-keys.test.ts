import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import {
  type Authority,
  makeKey,
  type SigningKey,
  startAuthority,
} from "../../../test/support/authority.ts";
import { createIssuerKeys } from "./issuer-keys.ts";

const [second, minute] = [1000, 60_000];

interface World {
  readonly authority: Authority;
  readonly key: SigningKey;
  readonly pass: (milliseconds: number) => void;
  /** `found`, or what is said instead. */
  readonly find: (key: SigningKey) => Promise<string>;
}

async function begin(t: TestContext, jwksUri?: (authority: Authority) => string): Promise<World> {
  const key = makeKey("ES256");
  const authority = await startAuthority(t, { keys: [key] });
  let time = 5;
  const keys = createIssuerKeys({
    issuer: authority.issuer,
    jwksUri: jwksUri?.(authority),
    now: () => time,
  });
  return {
    authority,
    key,
    pass: (milliseconds) => (time += milliseconds),
    async find({ algorithm, kid }) {
      const found = await keys.find({ alg: algorithm, kid });
      return found.ok ? "found" : `${found.problem.result}: ${found.problem.why}`;
    },
  };
}

const unknownKey = "refused: its issuer has no such key";

describe("the keys of an issuer", () => {
  test("are where its metadata say, or where they are configured to be", async (t) => {
    const discovered = await begin(t);
    assert.equal(await discovered.find(discovered.key), "found");
    assert.deepEqual(discovered.authority.asked, [
      "/realms/mail/.well-known/openid-configuration",
      "/realms/mail/keys",
    ]);
    const configured = await begin(t, ({ issuer }) => `${issuer}/certs?v=1`);
    assert.equal(await configured.find(configured.key), "found");
    assert.deepEqual(configured.authority.asked, ["/realms/mail/certs?v=1"]);
  });

  test("are asked for once by all who want them at once", async (t) => {
    const { authority, key, find } = await begin(t);
    const found = await Promise.all(Array.from({ length: 50 }, () => find(key)));
    assert.deepEqual(new Set(found), new Set(["found"]));
    assert.equal(authority.asked.length, 2);
  });

  test("are asked for again when there is a new one, but not by everyone who names one", async (t) => {
    const { authority, key, pass, find } = await begin(t);
    assert.equal(await find(key), "found");
    const next = makeKey("ES256");
    authority.keys = [key, next];
    pass(29 * second);
    for (let many = 0; many < 20; many++) assert.equal(await find(makeKey("EdDSA")), unknownKey);
    assert.equal(authority.asked.length, 2);
    pass(second);
    assert.equal(await find(next), "found");
    assert.equal(authority.asked.length, 4);
  });

  test("count no longer once the issuer has withdrawn them, ten minutes later at most", async (t) => {
    const { authority, key, pass, find } = await begin(t);
    assert.equal(await find(key), "found");
    authority.keys = [makeKey("ES256")];
    pass(10 * minute - 1);
    assert.equal(await find(key), "found");
    pass(1);
    assert.equal(await find(key), unknownKey);
  });

  test("count for an hour while the issuer is down", async (t) => {
    const { authority, key, pass, find } = await begin(t);
    assert.equal(await find(key), "found");
    await authority.stop();
    pass(59 * minute);
    assert.equal(await find(key), "found");
    assert.match(await find(makeKey("ES256")), /^temporary: .*cannot be read/);
    pass(minute);
    assert.match(await find(key), /^temporary: .*cannot be read/);
  });

  test("are there again soon after the issuer is", async (t) => {
    const { authority, key, pass, find } = await begin(t);
    authority.answer = (_, response) => void response.writeHead(503).end();
    assert.match(await find(key), /^temporary: .*status 503/);
    authority.answer = undefined;
    assert.match(await find(key), /^temporary: .*status 503/, "it is not asked at every login");
    assert.equal(authority.asked.length, 1);
    pass(30 * second);
    assert.equal(await find(key), "found");
  });

  test("are none where two have one name", async (t) => {
    const { authority, key, find } = await begin(t);
    authority.keys = [key, { ...makeKey("ES256"), kid: key.kid }];
    assert.match(await find(key), /^refused: its key is not one good key/);
  });
});

describe("an issuer that answers badly is no reason to believe, and none to refuse for good", () => {
  const answers: Readonly<Record<string, readonly [RequestListener, RegExp]>> = {
    nothing: [(_, response) => void response.end(), /JSON/],
    garbage: [(_, response) => void response.end("<html>"), /JSON/],
    "no object": [(_, response) => void response.end("null"), /no JSON object/],
    "an object without anything": [(_, response) => void response.end("{}"), /another issuer/],
    "a way on": [
      (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      /status 302/,
    ],
    "a connection that breaks": [(_, response) => void response.destroy(), /cannot be read/],
    "half of what it has announced": [
      (_, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("{", () => response.destroy());
      },
      /cannot be read/,
    ],
    "much too much": [(_, response) => void response.end(" ".repeat(300_000)), /more than 262144/],
    "much too much, in little": [
      (_, response) => {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync(Buffer.alloc(50_000_000, " ")));
      },
      /more than 262144/,
    ],
  };
  for (const [what, [answer, why]] of Object.entries(answers)) {
    test(what, async (t) => {
      const { authority, key, find } = await begin(t);
      authority.answer = answer;
      const said = await find(key);
      assert.match(said, /^temporary: /);
      assert.match(said, why);
    });
  }

  test("never an end", { timeout: 20_000 }, async (t) => {
    const { authority, key, find } = await begin(t);
    authority.answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 200);
      response.once("close", () => clearInterval(timer));
    };
    const began = performance.now();
    assert.match(await find(key), /^temporary: .*timeout/);
    assert.ok(performance.now() - began < 10 * second);
  });

  const metadata: Readonly<Record<string, readonly [object, RegExp]>> = {
    "those of another issuer": [{ issuer: "https://evil.example" }, /another issuer/],
    "keys at no place": [{ jwks_uri: undefined }, /names no jwks_uri/],
    "keys at a place in the clear": [{ jwks_uri: "http://192.0.2.1/keys" }, /in the clear/],
    "keys in a file": [{ jwks_uri: "file:///etc/passwd" }, /does not fit/],
    "keys in itself": [{ jwks_uri: 'data:,{"keys":[]}' }, /does not fit/],
  };
  for (const [what, [changed, why]] of Object.entries(metadata)) {
    test(`metadata with ${what}`, async (t) => {
      const { authority, key, find } = await begin(t);
      const { issuer } = authority;
      authority.answer = (_, response) =>
        void response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...changed }));
      assert.match(await find(key), /^temporary: /);
      assert.match(await find(key), why);
    });
  }

  for (const keys of [7, "x", null, [7], {}]) {
    test(`keys that are ${JSON.stringify(keys)}`, async (t) => {
      const { authority, key, find } = await begin(t, ({ issuer }) => `${issuer}/keys`);
      authority.answer = (_, response) => void response.end(JSON.stringify({ keys }));
      assert.match(await find(key), /^temporary: .*no set of keys/);
    });
  }

  test("a key that is a secret, or no key", async (t) => {
    const { authority, find } = await begin(t, ({ issuer }) => `${issuer}/keys`);
    const keys = [
      { kty: "oct", kid: "secret", k: "c2VjcmV0" },
      { kty: "EC", kid: "off", crv: "P-256", x: "AA", y: "AA" },
    ];
    authority.answer = (_, response) => void response.end(JSON.stringify({ keys }));
    assert.equal(await find({ ...makeKey("ES256"), kid: "secret" }), unknownKey);
    assert.match(await find({ ...makeKey("ES256"), kid: "off" }), /^refused: .*no.* good key/);
  });
});
