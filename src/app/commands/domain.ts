// `bailiwick domain`: domains that are ours beside those in the configuration.

import type { Command } from "commander";
import type { Domain } from "../../core/mail/domain.ts";
import { withOperations } from "../operator.ts";
import {
  type CommonOptions,
  domainArgument,
  examples,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";
import { formatTable } from "../table.ts";

interface AddOptions extends CommonOptions {
  readonly sendOnly?: boolean;
  /** False for `--no-dkim`. */
  readonly dkim: boolean;
}

export function addDomainCommands(program: Command): void {
  const domain = program
    .command("domain")
    .description("domains whose mailboxes are here")
    .addHelpText("after", examples("bailiwick domain add example.org", "bailiwick domain list"));
  withConfig(domain.command("add").argument("<domain>", "such as example.org", domainArgument))
    .description("make a domain ours")
    .option("--send-only", "its accounts send; no mail for it is taken")
    .option("--no-dkim", "make no keys to sign its mail with")
    .addHelpText(
      "after",
      examples(
        "bailiwick domain add example.org",
        "bailiwick domain add news.example.org --send-only",
      ),
    )
    .action(async (name: Domain, { config, sendOnly = false, dkim }: AddOptions) => {
      await withOperations(config, async (operations) => {
        await operations.domainAdd(name, sendOnly);
        // A domain that was ours before may have keys.
        if (dkim && (await operations.dkimList(name)).length === 0) {
          await operations.dkimPrepare(name);
        }
      });
      const what = sendOnly ? "may send now, and takes no mail" : "is ours now";
      const account = sendOnly ? "app" : "postmaster";
      print(
        `${name} ${what}. Next: bailiwick account add ${account}@${name}\n` +
          `What the DNS should say of it: bailiwick dns ${name}\n`,
      );
    });
  withJson(withConfig(domain.command("list")))
    .description("list our domains and where it is said that they are ours")
    .addHelpText("after", examples("bailiwick domain list", "bailiwick domain list --json"))
    .action(async ({ config, json }: PrintOptions) => {
      const domains = await withOperations(config, (operations) => operations.domainList());
      if (json === true) return printJson(domains);
      const rows = domains.map(({ name, deliver, source }) => [name, deliver, source]);
      print(formatTable([["DOMAIN", "DELIVERED TO", "FROM"], ...rows]));
    });
  withConfig(domain.command("remove").argument("<domain>", "such as example.org", domainArgument))
    .description("give a domain up; it must have no accounts left")
    .addHelpText(
      "after",
      examples("bailiwick account list example.org", "bailiwick domain remove example.org"),
    )
    .action(async (name: Domain, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.domainRemove(name));
      print(`${name} is no longer ours\n`);
    });
}
