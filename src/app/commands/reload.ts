// `bailiwick reload`: the running server takes its configuration anew.

import type { Command } from "commander";
import { requireServer } from "../operator.ts";
import { type CommonOptions, examples, withConfig } from "../options.ts";
import { print } from "../print.ts";

export function addReloadCommand(program: Command): void {
  withConfig(program.command("reload"))
    .description("let the running server read its configuration anew (as SIGHUP does)")
    .addHelpText("after", examples("bailiwick reload", "bailiwick check && bailiwick reload"))
    .action(async ({ config }: CommonOptions) => {
      const server = await requireServer(config);
      const notes = await server.reload();
      print(["The new configuration is in place.", ...notes].map((line) => `${line}\n`).join(""));
    });
}
