import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { StoreError, type StoreProblemKind } from "../../../io/store/error.ts";
import type { Actor } from "../actor.ts";
import { MissingError, OperationError } from "../operations.ts";
import type { ServerOperations } from "../server-operations.ts";
import { actGroups } from "./all.ts";
import { createCredentialMaker } from "./make-credentials.ts";
import { performAct } from "./perform.ts";

const actor: Actor = { via: "api", name: "deploy" };
const acts = actGroups.flatMap((group) => group.acts);
const flush = acts.find(({ name }) => name === "queueFlush") ?? assert.fail();

/** What comes of an act whose operation fails so. */
function failing(error: Error) {
  const operations = {
    async queueFlush() {
      throw error;
    },
  };
  return performAct(
    flush,
    actor,
    {},
    {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the others are not called
      operationsFor: () => operations as unknown as ServerOperations,
      tools: { makeCredentials: createCredentialMaker(), now: () => 0 },
    },
  );
}

function storeError(kind: StoreProblemKind): StoreError {
  return new StoreError({ kind, message: "the store is away" });
}

suite("what an act fails with is said in the web's terms", () => {
  const cases: readonly (readonly [Error, object])[] = [
    [new OperationError("it is still in use"), { status: 409, error: "it is still in use" }],
    [new MissingError("there is none"), { status: 404, error: "there is none" }],
    ...(["unavailable", "full", "locked"] as const).map(
      (kind) =>
        [storeError(kind), { status: 503, error: "the store is away", retryAfter: 10 }] as const,
    ),
  ];
  for (const [error, expected] of cases) {
    test(`${error.name} ${error.message}`, async () => {
      assert.deepEqual(await failing(error), { ok: false, problem: expected });
    });
  }

  test("and a fault of ours is thrown on, for the log", async () => {
    await assert.rejects(failing(new TypeError("x")), TypeError);
    await assert.rejects(failing(storeError("damaged")), { kind: "damaged" });
  });
});
