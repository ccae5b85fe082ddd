import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type LoginAccount,
  type LoginOutcome,
  type LoginSource,
  noFlags,
} from "../../core/login/source.ts";
import { adopting } from "./adopt.ts";

const account: LoginAccount = {
  name: "alice@example.org",
  addresses: [{ local: "alice", domain: "example.org" }],
  flags: noFlags,
  passwordKind: "md5-crypt",
};
const request = { login: "alice@example.org", password: "secret", service: "smtp" } as const;

function sourceThat(outcome: LoginOutcome): LoginSource {
  return {
    name: "vpopmail-mysql",
    verify: () => Promise.resolve(outcome),
    close: () => Promise.resolve(),
  };
}

function collectingLog() {
  const lines: { readonly fields: object; readonly text: string }[] = [];
  const add = (fields: object, text: string): void => void lines.push({ fields, text });
  return { lines, log: { info: add, warn: add, error: add } };
}

test("a good login is handed over before it is answered", async () => {
  const adopted: unknown[] = [];
  const { log, lines } = collectingLog();
  const source = adopting(
    sourceThat({ result: "good", account }),
    async (...all) => {
      await new Promise(setImmediate);
      adopted.push(all);
    },
    log,
  );
  assert.deepEqual(await source.verify(request), { result: "good", account });
  assert.deepEqual(adopted, [[account, "secret"]]);
  assert.deepEqual(lines, []);
});

test("no other outcome is, nor an account that is no address, or is kept from something there", async () => {
  const others: readonly LoginOutcome[] = [
    { result: "refused", why: "no" },
    { result: "unknown", why: "no" },
    { result: "temporary", why: "no", fault: "busy" },
    { result: "good", account: { ...account, addresses: [] } },
    { result: "good", account: { ...account, flags: { ...noFlags, noSmtp: true } } },
    { result: "good", account: { ...account, flags: { ...noFlags, noRelay: true } } },
  ];
  for (const outcome of others) {
    const source = adopting(sourceThat(outcome), () => assert.fail("adopted"), collectingLog().log);
    assert.deepEqual(await source.verify(request), outcome);
  }
});

test("what cannot be stored is told, and the login is good all the same", async () => {
  const { log, lines } = collectingLog();
  const source = adopting(
    sourceThat({ result: "good", account }),
    () => Promise.reject(new Error("the disk is full")),
    log,
  );
  assert.equal((await source.verify(request)).result, "good");
  assert.equal(lines.length, 1);
  assert.match(
    JSON.stringify(lines),
    /alice@example\.org.*the disk is full.*next login tries again/,
  );
  assert.doesNotMatch(JSON.stringify(lines), /secret/);
});
