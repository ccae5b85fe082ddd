// HTTP costs memory and time at the start: it is loaded where a listener speaks it.

import type { Settings } from "../../core/config/settings.ts";
import type { AdminListener, AdminParts } from "./admin-listener.ts";

/** @throws {ConfigurationError} where the secret of `relay.roaming.events` cannot be used. */
export async function openAdmin(settings: Settings, parts: AdminParts): Promise<AdminListener> {
  if (!hasAdmin(settings)) return nobody;
  const { openAdminListener } = await import("./admin-listener.ts");
  return openAdminListener(settings, parts);
}

/** Whether anybody may come to a page. Listeners come with a start alone. */
export function hasAdmin({ listeners }: Settings): boolean {
  return listeners.some(({ role }) => role === "admin");
}

const nobody: AdminListener = {
  serve() {
    throw new Error("there is no listener of the role admin");
  },
  prepare: async () => () => {},
  close() {},
};
