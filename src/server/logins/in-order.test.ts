import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { type LoginOutcome, type LoginSource, noFlags } from "../../core/login/source.ts";
import { type Pretend, tryInOrder } from "./in-order.ts";

const request = { login: "alice@example.org", password: "secret", service: "smtp" } as const;

const outcomes = {
  good: { result: "good", account: { name: "alice@example.org", addresses: [], flags: noFlags } },
  refused: { result: "refused", why: "no" },
  unknown: { result: "unknown", why: "never heard of" },
  temporary: { result: "temporary", why: "down", fault: "unavailable" },
} as const satisfies Readonly<Record<string, LoginOutcome>>;

type Result = keyof typeof outcomes;

function sourceThat(result: Result, asked: Result[]): LoginSource {
  return {
    name: result,
    verify: () => {
      asked.push(result);
      return Promise.resolve(outcomes[result]);
    },
    close: () => Promise.resolve(),
  };
}

/** What the chain says, whom it asked, and for how many passwords it took a hash's time. */
async function run(results: readonly Result[], pretended: Awaited<ReturnType<Pretend>>) {
  const asked: Result[] = [];
  const passwords: string[] = [];
  const sources = results.map((result) => sourceThat(result, asked));
  const chain = tryInOrder(sources, (password) => {
    passwords.push(password);
    return Promise.resolve(pretended);
  });
  return { outcome: await chain.verify(request), asked, passwords };
}

const differs = { result: "differs" } as const;
const pretend: Pretend = () => Promise.resolve(differs);

test("the first that knows decides, and nobody behind it is asked", async () => {
  const kinds = fc.constantFrom<Result>("good", "refused", "unknown", "temporary");
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { maxLength: 6 }), async (results) => {
      const { outcome, asked, passwords } = await run(results, differs);
      const first = results.findIndex((result) => result !== "unknown");
      if (first === -1) {
        assert.equal(outcome.result, "unknown");
        assert.deepEqual(asked, results);
        assert.deepEqual(passwords, ["secret"]);
      } else {
        assert.deepEqual(outcome, outcomes[results[first]!]);
        assert.deepEqual(asked, results.slice(0, first + 1));
        assert.deepEqual(passwords, []);
      }
    }),
  );
});

suite("a source that does not answer", () => {
  test("is not passed over, whatever the next one would say", async () => {
    for (const next of ["good", "refused", "unknown"] as const) {
      assert.equal(
        (await run(["unknown", "temporary", next], differs)).outcome.result,
        "temporary",
      );
    }
  });

  test("keeps out nobody whom one before it knows", async () => {
    assert.equal((await run(["good", "temporary"], differs)).outcome.result, "good");
  });
});

test("where nobody knows, all that they say is told to the operator", async () => {
  const { outcome } = await run(["unknown", "unknown"], differs);
  assert.deepEqual(outcome, { result: "unknown", why: "never heard of; never heard of" });
  assert.deepEqual((await run([], differs)).outcome, {
    result: "unknown",
    why: "there are no logins",
  });
});

test("an unknown login is put off when a known one would be", async () => {
  const { outcome } = await run(["unknown"], { result: "unavailable", why: "too much" });
  assert.deepEqual(outcome, { result: "temporary", why: "too much", fault: "busy" });
});

test("a NUL is refused unseen", async () => {
  const asked: Result[] = [];
  const chain = tryInOrder([sourceThat("good", asked)], pretend);
  for (const bad of [{ login: "alice\0" }, { password: "secret\0x" }]) {
    assert.equal((await chain.verify({ ...request, ...bad })).result, "refused");
  }
  const clear = await chain.clearPassword?.({ login: "\0", service: "smtp" });
  assert.equal(clear?.result, "refused");
  assert.deepEqual(asked, []);
});

test("a clear password comes from the first that knows, and never from one that holds none", async () => {
  const holder: LoginSource = {
    ...sourceThat("good", []),
    clearPassword: () => Promise.resolve({ ...outcomes.good, password: "secret" }),
  };
  const asked: Result[] = [];
  const without = sourceThat("good", asked);
  const found = await tryInOrder([without, holder], pretend).clearPassword?.(request);
  assert.deepEqual(found, { ...outcomes.good, password: "secret" });
  const none = await tryInOrder([without], pretend).clearPassword?.(request);
  assert.deepEqual(none, { result: "unknown", why: "good holds no passwords" });
  const knowing: LoginSource = {
    ...without,
    clearPassword: () => Promise.resolve(outcomes.refused),
  };
  const refused = await tryInOrder([knowing, holder], pretend).clearPassword?.(request);
  assert.deepEqual(refused, outcomes.refused);
  assert.deepEqual(asked, []);
});
