import { judgeUser } from "../../../core/doctor/user.ts";
import type { Check } from "../check.ts";

export const user: Check = {
  topic: "user",
  run: async ({ settings, isRoot, files }) =>
    judgeUser({ user: settings.user, isRoot, trouble: files.user }),
};
