// `bailiwick start`: the server itself, until it is told to stop.

import type { Command } from "commander";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { systemClock } from "../../io/process/clock.ts";
import { loadProvenSettings } from "../configuration.ts";
import { createLog, holdLog } from "../log.ts";
import { type CommonOptions, examples, withConfig } from "../options.ts";
import { findStore } from "../open-store.ts";
import { print } from "../print.ts";
import { startServer } from "../server/run.ts";
import { untilStopped } from "../signals.ts";

export function addStartCommand(program: Command): void {
  withConfig(program.command("start"))
    .description("serve, until SIGINT or SIGTERM; SIGHUP reads the configuration anew")
    .addHelpText(
      "after",
      examples(
        "bailiwick start",
        "bailiwick start -c /etc/bailiwick/bailiwick.yaml",
        "bailiwick start -c bailiwick.yaml 2> bailiwick.log   the log, as lines of JSON",
      ),
    )
    .action(async ({ config }: CommonOptions) => {
      const log = createLog();
      const readSettings = async () => {
        const early = holdLog();
        try {
          const settings = await loadProvenSettings(config, early);
          // A reload leaves the store open, and the next start would find out that it cannot be.
          await findStore(settings);
          log.apply(settings.log);
          return settings;
        } finally {
          early.release(log);
        }
      };
      const server = await startServer({
        settings: await readSettings(),
        readSettings,
        clock: systemClock,
        random: Math.random,
        log,
        mxPort: 25,
      });
      // Who reads that it is ready may stop it at once.
      const stopped = untilStopped(server, log);
      for (const { listener, address } of server.listeners) {
        print(`listening ${listener.name} ${formatEndpoint(address)}\n`);
      }
      print("ready\n");
      await stopped;
    });
}
