// Tells systemd how the service is doing (sd_notify(3)). Node cannot send to a datagram socket, so
// `systemd-notify` does; the unit needs Type=notify and NotifyAccess=all.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

export type ServiceState = "ready" | "reloading" | "stopping";

const run = promisify(execFile);

/** Reports a state, where systemd wants reports (NOTIFY_SOCKET is set); resolves when systemd has
 * it. Rejects if `systemd-notify` fails: the service works, but systemd will take it for dead. */
export async function notifyServiceManager(
  state: ServiceState,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (environment["NOTIFY_SOCKET"] === undefined) return;
  await run("systemd-notify", assignments(state), { env: environment });
}

function assignments(state: ServiceState): readonly string[] {
  switch (state) {
    case "ready":
      return ["READY=1"];
    case "stopping":
      return ["STOPPING=1"];
    case "reloading":
      // systemd wants CLOCK_MONOTONIC in microseconds, which is what hrtime reads.
      return ["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`];
  }
}
