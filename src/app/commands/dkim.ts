// `bailiwick dkim`: the keys that sign the mail of our domains.

import type { Command } from "commander";
import type { Domain } from "../../core/mail/domain.ts";
import { systemClock } from "../../io/process/clock.ts";
import { dkimTable } from "../dkim-view.ts";
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

export function addDkimCommands(program: Command): void {
  const dkim = program
    .command("dkim")
    .description("the keys that sign the mail of our domains (DKIM)")
    .addHelpText(
      "after",
      examples(
        "bailiwick dkim list                  which keys sign, which wait, which are retired",
        "bailiwick dkim rotate example.org    a new pair of keys, to be published",
        "bailiwick dns example.org            what to publish, and what is",
      ),
    );
  addList(dkim);
  addRotate(dkim);
  addActivate(dkim);
  addRetire(dkim);
  addRemove(dkim);
}

function addList(dkim: Command): void {
  withJson(withConfig(dkim.command("list").argument("[domain]", "one of ours", domainArgument)))
    .description("list keys and how they stand")
    .addHelpText("after", examples("bailiwick dkim list", "bailiwick dkim list example.org --json"))
    .action(async (domain: Domain | undefined, { config, json }: PrintOptions) => {
      const keys = await withOperations(config, (operations) =>
        operations.dkimList(domain ?? null),
      );
      if (json === true) return printJson(keys);
      if (keys.length > 0) return print(dkimTable(keys, systemClock.now()));
      const whose = domain === undefined ? "There are no keys" : `${domain} has no keys`;
      print(`${whose}. Make some: bailiwick dkim rotate ${domain ?? "DOMAIN"}\n`);
    });
}

function addRotate(dkim: Command): void {
  withJson(withConfig(dkim.command("rotate").argument("<domain>", "one of ours", domainArgument)))
    .description("make keys, the first or the next ones; they sign once the DNS has them")
    .addHelpText("after", examples("bailiwick dkim rotate example.org"))
    .action(async (domain: Domain, { config, json }: PrintOptions) => {
      const made = await withOperations(config, (operations) => operations.dkimPrepare(domain));
      if (json === true) return printJson(made);
      print(
        `The keys ${made.name} are prepared. Publish what \`bailiwick dns ${domain}\` says; a running\n` +
          "server signs with them a few minutes after the DNS has them.\n",
      );
    });
}

interface ActivateOptions extends PrintOptions {
  readonly unchecked?: boolean;
}

function addActivate(dkim: Command): void {
  withJson(withConfig(dkim.command("activate").argument("<domain>", "one of ours", domainArgument)))
    .description("sign with prepared keys now, where the DNS has them; those before are retired")
    .option("--unchecked", "do not ask the DNS")
    .addHelpText(
      "after",
      examples(
        "bailiwick dkim activate example.org",
        "bailiwick dkim activate example.org --unchecked",
      ),
    )
    .action(async (domain: Domain, { config, json, unchecked = false }: ActivateOptions) => {
      const active = await withOperations(config, (operations) =>
        operations.dkimActivate(domain, unchecked),
      );
      if (json === true) return printJson(active);
      print(`Mail of ${domain} is signed with ${active.name} now.\n`);
    });
}

function addRetire(dkim: Command): void {
  withConfig(
    dkim
      .command("retire")
      .argument("<domain>", "one of ours", domainArgument)
      .argument("<name>", "of the keys, as `list` shows it"),
  )
    .description("sign no more with keys; without others, the domain's mail goes out unsigned")
    .addHelpText("after", examples("bailiwick dkim retire example.org 20261126"))
    .action(async (domain: Domain, name: string, { config }: CommonOptions) => {
      await withOperations(config, (operations) => operations.dkimRetire(domain, name));
      print(`Nothing is signed with ${name} any more; see: bailiwick dns ${domain}\n`);
    });
}

interface RemoveOptions extends CommonOptions {
  readonly early?: boolean;
}

function addRemove(dkim: Command): void {
  withConfig(
    dkim
      .command("remove")
      .argument("<domain>", "one of ours", domainArgument)
      .argument("<name>", "of the keys, as `list` shows it"),
  )
    .description("forget retired keys, once no mail that they signed can be under way")
    .option("--early", "now, such as after a theft: their records must go from the DNS as well")
    .addHelpText("after", examples("bailiwick dkim remove example.org 20261126"))
    .action(async (domain: Domain, name: string, { config, early = false }: RemoveOptions) => {
      await withOperations(config, (operations) => operations.dkimRemove(domain, name, early));
      print(`${name} is forgotten\n`);
    });
}
