import { stat } from "node:fs/promises";
import { join } from "node:path";
import { judgeClock } from "../../../core/doctor/clock.ts";
import { findClockKeeper } from "../../../io/doctor/clock-keeper.ts";
import { formatTime } from "../../../server/admin/words/times.ts";
import type { Check } from "../check.ts";

export const clock: Check = {
  topic: "clock",
  async run({ clock: { now }, settings, file, surroundings }) {
    const own = new URL(import.meta.url);
    const written = [own, file, settings.data, join(settings.data, "store.db")];
    const times = await Promise.all(
      written.map((path) =>
        stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    return judgeClock({
      now: now(),
      shown: formatTime(now()),
      newest: Math.max(...times),
      keeper: await findClockKeeper(),
      inContainer: surroundings.inContainer,
    });
  },
};
