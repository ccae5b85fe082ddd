import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, problem, warning, worstOf } from "./finding.ts";

test("the worst of several counts, in whatever order", () => {
  const [good, doubtful, bad] = [ok("a"), warning("b", {}), problem("c", {})];
  assert.equal(worstOf([]), "ok");
  assert.equal(worstOf([good, good]), "ok");
  assert.equal(worstOf([doubtful, good]), "warning");
  assert.equal(worstOf([good, bad, doubtful]), "problem");
});
