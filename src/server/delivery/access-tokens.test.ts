import assert from "node:assert/strict";
import { test } from "node:test";
import type { IssuedToken } from "../../core/oauth/token-answer.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { AccessTokens, type Credentials } from "./access-tokens.ts";

const minute = 60_000;

/** An authority that hands out `t1`, `t2`, …, each good for an hour. */
function makeWorld(first: Credentials = { clientSecret: "s" }) {
  let now = 0;
  let count = 0;
  const world = {
    file: first as Result<Credentials, string> | Credentials,
    /** In place of the next tokens. */
    answer: undefined as Result<IssuedToken, string> | undefined,
    rotates: false,
    mayKeep: true,
    asked: [] as Credentials[],
    kept: [] as string[],
    problems: [] as string[],
    release: undefined as (() => void) | undefined,
    isSlow: false,
    pass: (ms: number) => void (now += ms),
  };
  const tokens = new AccessTokens({
    credentials: async () => ("ok" in world.file ? world.file : good(world.file)),
    async request(credentials) {
      world.asked.push(credentials);
      if (world.isSlow) await new Promise<void>((resolve) => (world.release = resolve));
      if (world.answer !== undefined) return world.answer;
      const token = `t${++count}`;
      const refreshToken = `r${count}`;
      return good({ token, lifetime: 60 * minute, ...(world.rotates && { refreshToken }) });
    },
    async keep(refreshToken) {
      if (!world.mayKeep) return bad("the disk is full");
      world.kept.push(refreshToken);
      world.file = { ...("ok" in world.file ? {} : world.file), refreshToken };
      return good(undefined);
    },
    onProblem: (text) => world.problems.push(text),
    elapsed: () => now,
  });
  const current = async () => {
    const found = await tokens.current();
    return found.ok ? found.value.token : found.problem;
  };
  return { world, tokens, current };
}

/** Lets what is under way in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("one token serves all, until it is nearly over", async () => {
  const { world, current } = makeWorld();
  world.isSlow = true;
  const all = Promise.all([current(), current(), current()]);
  await settle();
  world.release?.();
  assert.deepEqual(await all, ["t1", "t1", "t1"]);
  assert.equal(world.asked.length, 1);
  world.isSlow = false;
  world.pass(54 * minute);
  assert.equal(await current(), "t1");
  await settle();
  assert.equal(world.asked.length, 1);
});

test("it is renewed beside the mail, which goes on with the old one", async () => {
  const { world, current } = makeWorld();
  await current();
  world.pass(56 * minute);
  world.isSlow = true;
  assert.equal(await current(), "t1");
  assert.equal(await current(), "t1");
  assert.equal(world.asked.length, 2);
  world.release?.();
  await settle();
  assert.equal(await current(), "t2");
});

test("a renewal that fails costs nothing while the old token is good", async () => {
  const { world, current } = makeWorld();
  await current();
  world.pass(56 * minute);
  world.answer = bad("no access token: away");
  assert.equal(await current(), "t1");
  await settle();
  assert.equal(await current(), "t1");
  assert.equal(world.asked.length, 2);
  world.pass(4 * minute);
  assert.equal(await current(), "no access token: away");
  assert.equal(world.problems.length, 2);
});

test("a failing authority is left in peace, longer each time, and says why", async () => {
  const { world, current } = makeWorld();
  world.answer = bad("no access token: away");
  assert.equal(await current(), "no access token: away");
  for (const [pause, length] of [
    ["a minute", 1],
    ["2 minutes", 2],
    ["4 minutes", 4],
  ] as const) {
    assert.equal(
      await current(),
      `no access token: away (asked again in ${pause}, or when its secret changes)`,
    );
    const before = world.asked.length;
    world.pass(length * minute);
    await current();
    assert.equal(world.asked.length, before + 1);
  }
  world.answer = undefined;
  world.file = { clientSecret: "another" };
  assert.equal(await current(), "t1");
});

test("a secret that cannot be read is no reason to ask", async () => {
  const { world, current } = makeWorld();
  world.file = bad("the secret cannot be read");
  assert.equal(await current(), "the secret cannot be read");
  assert.equal(world.asked.length, 0);
});

test("a token that a host refused is not used again", async () => {
  const { tokens, current } = makeWorld();
  assert.equal(await current(), "t1");
  tokens.refused("t1");
  assert.equal(await current(), "t2");
  tokens.refused("t1");
  assert.equal(await current(), "t2");
});

test("credentials that the operator changed bring a new token, and count as others", async () => {
  const { world, tokens } = makeWorld();
  const before = await tokens.current();
  world.file = { clientSecret: "another" };
  const after = await tokens.current();
  assert.ok(before.ok && after.ok);
  assert.equal(after.value.token, "t2");
  assert.notEqual(after.value.credentials, before.value.credentials);
});

test("a rotated refresh token is kept, used from then on, and counts as the same credentials", async () => {
  const { world, tokens } = makeWorld({ refreshToken: "r0" });
  world.rotates = true;
  const before = await tokens.current();
  assert.deepEqual(world.kept, ["r1"]);
  tokens.refused("t1");
  const after = await tokens.current();
  assert.deepEqual(world.asked, [{ refreshToken: "r0" }, { refreshToken: "r1" }]);
  assert.ok(before.ok && after.ok);
  assert.equal(after.value.credentials, before.value.credentials);
});

test("one that could not be kept is used all the same, and told of", async () => {
  const { world, tokens, current } = makeWorld({ refreshToken: "r0" });
  world.rotates = true;
  world.mayKeep = false;
  await current();
  assert.deepEqual(world.problems, ["the disk is full"]);
  tokens.refused("t1");
  assert.equal(await current(), "t2");
  tokens.refused("t2");
  world.mayKeep = true;
  assert.equal(await current(), "t3");
  assert.deepEqual(
    world.asked.map(({ refreshToken }) => refreshToken),
    ["r0", "r1", "r2"],
  );
  assert.deepEqual(world.kept, ["r3"]);
});

test("who reads the file while it is being replaced does not take the old token for a new one", async () => {
  const { world, current } = makeWorld({ refreshToken: "r0" });
  world.rotates = true;
  world.isSlow = true;
  const first = current();
  await settle();
  const second = current();
  world.release?.();
  assert.deepEqual(await Promise.all([first, second]), ["t1", "t1"]);
  assert.equal(world.asked.length, 1);
});
