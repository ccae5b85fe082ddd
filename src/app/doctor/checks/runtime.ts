import { judgeRuntime } from "../../../core/doctor/runtime.ts";
import type { Check } from "../check.ts";

/** As `engines` of package.json has it. */
const least = "24.7";

export const runtime: Check = {
  topic: "runtime",
  run: async () => judgeRuntime(process.versions.node, least),
};
