// Signals of a server that serves until it is stopped.

import { errorText } from "../core/error-text.ts";
import type { Log } from "../server/log.ts";
import { notifyServiceManager, watchdogInterval } from "../io/process/notify.ts";
import type { RunningServer } from "./server/run.ts";

function hurry(): never {
  process.exit(1);
}

/** Resolves when a signal has stopped the server. A second one ends the process at once: what was
 * accepted is on disk all the same. */
export async function untilStopped(server: RunningServer, log: Log): Promise<void> {
  const reload = () => void reloadAndTell(server, log);
  process.on("SIGHUP", reload);
  const stopping = nextSignal();
  await notifyServiceManager("ready", process.env);
  const watchdog = startWatchdog(log);
  const signal = await stopping;
  void notifyServiceManager("stopping", process.env);
  log.info({ event: "stopping", signal }, `stopping: ${signal}`);
  process.on("SIGINT", hurry);
  process.on("SIGTERM", hurry);
  await server.stop();
  log.info({ event: "stopped" }, "stopped");
  clearInterval(watchdog);
  process.off("SIGHUP", reload);
  process.off("SIGINT", hurry);
  process.off("SIGTERM", hurry);
}

/** One report that fails, as under a lack of processes, is no reason to end: the next may not. */
function startWatchdog(log: Log): NodeJS.Timeout | undefined {
  const interval = watchdogInterval(process.env, process.pid);
  if (interval === undefined) return undefined;
  return setInterval(() => {
    notifyServiceManager("alive", process.env).catch((error: unknown) => {
      const why = errorText(error);
      log.warn({ event: "watchdog" }, `systemd was not told that the server is alive: ${why}`);
    });
  }, interval);
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const take = (signal: NodeJS.Signals) => {
      process.off("SIGINT", take);
      process.off("SIGTERM", take);
      resolve(signal);
    };
    process.on("SIGINT", take);
    process.on("SIGTERM", take);
  });
}

async function reloadAndTell(server: RunningServer, log: Log): Promise<void> {
  await notifyServiceManager("reloading", process.env);
  try {
    for (const note of await server.reload()) log.warn({ event: "reload-note" }, note);
  } catch (error) {
    const why = errorText(error);
    log.error({ event: "reload-failed" }, `the old configuration stays in place: ${why}`);
  }
  await notifyServiceManager("ready", process.env);
}
