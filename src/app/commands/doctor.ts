// `bailiwick doctor`: does this machine fit the configuration?

import type { Command } from "commander";
import { worstOf } from "../../core/doctor/finding.ts";
import { systemClock } from "../../io/process/clock.ts";
import { findConfiguration } from "../../io/config/find.ts";
import { loadSettings } from "../configuration.ts";
import { allChecks } from "../doctor/checks/all.ts";
import { outboundArgument, usualOutbound } from "../doctor/outbound-argument.ts";
import { showProgress } from "../doctor/progress.ts";
import { type OutboundTarget, prepareLook } from "../doctor/look.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { describeFindings, findingsJson } from "../doctor/view.ts";
import { exitCodes } from "../errors.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";

interface DoctorOptions extends PrintOptions {
  readonly outbound?: OutboundTarget | true;
}

export function addDoctorCommand(program: Command): void {
  withJson(withConfig(program.command("doctor")))
    .description("look at this machine: does it fit the configuration, and will mail flow?")
    .option(
      "--outbound [domain]",
      `also greet a mail host of this domain (${usualOutbound.domain}), to see whether port 25 is open`,
      outboundArgument,
    )
    .addHelpText(
      "after",
      `
Looks at the configuration, its files and ports, the data folder, clock, certificates, the
addresses of this machine, DNS, blocklists and smart hosts; beside a running server, too. Nothing is
changed, and nothing is sent. docs/first-run.md says what each check means.

Exit codes: 0 all is well or there are warnings alone, 1 a problem, 2 the configuration is wrong.
${examples(
  "bailiwick doctor",
  "bailiwick doctor --outbound",
  "bailiwick doctor --json | jq '.findings[] | select(.outcome != \"ok\")'",
)}`,
    )
    .action(run);
}

async function run({ config, json, outbound }: DoctorOptions): Promise<void> {
  const settings = await loadSettings(config);
  const found = await findConfiguration(config);
  const look = await prepareLook({
    settings,
    file: found.ok ? found.value : "",
    clock: systemClock,
    outbound: outbound === true ? usualOutbound : outbound,
  });
  const findings = await showProgress((onDone) => runChecks(allChecks, look, { onDone }));
  if (json === true) printJson(findingsJson(findings));
  else print(describeFindings(findings));
  process.exitCode = worstOf(findings) === "problem" ? exitCodes.no : exitCodes.done;
}
