// Tells systemd how the service is doing (sd_notify(3)). Node cannot send to a datagram socket, so
// `systemd-notify` does; the unit needs Type=notify and NotifyAccess=all.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** `alive`: the watchdog is told that the event loop still turns. */
export type ServiceState = "ready" | "reloading" | "stopping" | "alive";

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

/** How often the service manager wants to hear that we are alive (sd_watchdog_enabled(3)), in ms: thrice
 * in the time after which it takes us for dead. Undefined where it does not. */
export function watchdogInterval(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID = String(pid) } = environment;
  const microseconds = Number(WATCHDOG_USEC);
  if (WATCHDOG_PID !== String(pid) || !(microseconds > 0)) return undefined;
  return Math.max(1, Math.floor(microseconds / 3_000));
}

function assignments(state: ServiceState): readonly string[] {
  switch (state) {
    case "ready":
      return ["READY=1"];
    case "stopping":
      return ["STOPPING=1"];
    case "alive":
      return ["WATCHDOG=1"];
    case "reloading":
      // systemd wants CLOCK_MONOTONIC in microseconds, which is what hrtime reads.
      return ["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`];
  }
}
