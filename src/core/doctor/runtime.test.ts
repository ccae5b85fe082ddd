import { test } from "node:test";
import { assertFindings } from "./fixture.test.ts";
import { judgeRuntime } from "./runtime.ts";

test("versions are compared by their numbers", () => {
  for (const version of ["24.7.0", "24.21.0", "25.0.0", "100.1.2"]) {
    assertFindings(judgeRuntime(version, "24.7"), ["ok", /Node\.js/]);
  }
  for (const version of ["24.6.9", "20.19.0", "9.9.9"]) {
    assertFindings(judgeRuntime(version, "24.7"), ["problem", /is older than 24\.7/]);
  }
});
