import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readTokenAnswer } from "./token-answer.ts";

const read = (answer: unknown, status = 200) =>
  readTokenAnswer(status, typeof answer === "string" ? answer : JSON.stringify(answer), ["s3cret"]);
const good = { access_token: "abc.def-~+/=", token_type: "Bearer", expires_in: 3600 };

suite("a good answer", () => {
  const cases: readonly (readonly [string, object, object])[] = [
    ["as the RFC has it", good, { token: good.access_token, lifetime: 3_600_000 }],
    [
      "with seconds as text",
      { ...good, expires_in: "60" },
      { token: good.access_token, lifetime: 60_000 },
    ],
    [
      "with no lifetime",
      { ...good, expires_in: undefined },
      { token: good.access_token, lifetime: 300_000 },
    ],
    [
      "with a very long one",
      { ...good, expires_in: 1e12 },
      { token: good.access_token, lifetime: 86_400_000 },
    ],
    [
      "with another case",
      { ...good, token_type: "bearer" },
      { token: good.access_token, lifetime: 3_600_000 },
    ],
    [
      "with a new refresh token",
      { ...good, refresh_token: "next one" },
      { token: good.access_token, lifetime: 3_600_000, refreshToken: "next one" },
    ],
    [
      "with a refresh token of two lines",
      { ...good, refresh_token: "a\nb" },
      { token: good.access_token, lifetime: 3_600_000 },
    ],
  ];
  for (const [name, answer, value] of cases) {
    test(name, () => assert.deepEqual(read(answer), { ok: true, value }));
  }
});

suite("an answer that is none", () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ["text", "<html>", /no JSON object/],
    ["a list", [], /no JSON object/],
    ["null", "null", /no JSON object/],
    ["no token", { ...good, access_token: undefined }, /no access_token/],
    ["a token that would end a message", { ...good, access_token: "a\u0001b" }, /no access_token/],
    ["a number for a token", { ...good, access_token: 5 }, /no access_token/],
    ["another type", { ...good, token_type: "mac" }, /"mac".*not Bearer/],
    ["no type", { ...good, token_type: undefined }, /missing.*not Bearer/],
    ["no seconds", { ...good, expires_in: "soon" }, /expires_in \("soon"\)/],
    ["an empty text for seconds", { ...good, expires_in: "" }, /expires_in/],
    ["seconds that are over", { ...good, expires_in: 0 }, /expires_in/],
  ];
  for (const [name, answer, problem] of cases) {
    test(name, () => {
      const found = read(answer);
      assert.ok(!found.ok);
      assert.match(found.problem, problem);
    });
  }
});

test("a refusal is told in the authority's words, without what is secret", () => {
  const refusal = { error: "invalid_client", error_description: "s3cret is not\r\nit" };
  assert.deepEqual(read(refusal, 401), {
    ok: false,
    problem: "status 401: invalid_client: … is not??it",
  });
  assert.deepEqual(read("nothing", 503), { ok: false, problem: "status 503" });
  assert.deepEqual(read({ error: 5 }, 400), { ok: false, problem: "status 400" });
});
