import { judgeDisk } from "../../../core/doctor/disk.ts";
import { lookAtRoom } from "../../../io/doctor/room.ts";
import type { Check } from "../check.ts";

export const disk: Check = {
  topic: "disk",
  run: async ({ settings: { data }, files, clock }) =>
    judgeDisk({
      path: data,
      trouble: files.dataFolder,
      room: await lookAtRoom(data, clock.elapsed),
    }),
};
