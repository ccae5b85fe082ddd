// `bailiwick dns`: what the DNS should say of a domain, and whether it does.

import { type Command, Option } from "commander";
import type { Settings } from "../../core/config/settings.ts";
import type { DomainFacts } from "../../core/dns-records/facts.ts";
import { findingsFor, itemsFor, outcomeOf } from "../../core/dns-records/items.ts";
import { zoneText } from "../../core/dns-records/zone-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { openPublishedLookups, type PublishedLookups } from "../../io/dns/published-lookups.ts";
import { surveyDomain } from "../../io/dns/survey.ts";
import { systemClock } from "../../io/process/clock.ts";
import { findingsJson, findingsTable } from "../dns-view.ts";
import {
  gatherFacts,
  ownAddresses,
  publicAddresses,
} from "../../server/dns-records/domain-facts.ts";
import { exitCodes } from "../errors.ts";
import { withOperations } from "../operator.ts";
import {
  domainArgument,
  examples,
  ipArgument,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print, printJson } from "../print.ts";

interface DnsOptions extends PrintOptions {
  readonly zone?: boolean;
  readonly check?: boolean;
  readonly address?: readonly IpAddress[];
}

export function addDnsCommand(program: Command): void {
  withJson(withConfig(program.command("dns").argument("<domain>", "one of ours", domainArgument)))
    .description("the records that a domain needs in the DNS, and how they stand there")
    .option("--zone", "the records alone; the DNS is not asked")
    .addOption(new Option("--check", "how they stand alone").conflicts("zone"))
    .option(
      "--address <ip...>",
      "from which mail goes out (default: this machine's, or those of its name)",
      (text: string, before?: readonly IpAddress[]) => [...(before ?? []), ipArgument(text)],
    )
    .addHelpText(
      "after",
      `\nExit codes: 0 all is right, 1 something is missing or wrong, 75 no word from the DNS.\n${examples(
        "bailiwick dns example.org                        records, and how they stand",
        "bailiwick dns example.org --check",
        "bailiwick dns example.org --zone >> example.org.zone",
        "bailiwick dns example.org --address 192.0.2.25 --address 2001:db8::25",
      )}`,
    )
    .action(async (domain: Domain, options: DnsOptions) => {
      const { facts, settings } = await withOperations(
        options.config,
        async (operations, _, read) => ({
          settings: read,
          facts: await gatherFacts({ domain, settings: read, operations, now: systemClock.now() }),
        }),
      );
      if (options.zone === true) {
        const known = { ...facts, addresses: options.address ?? publicAddresses() };
        return show(known, undefined, options);
      }
      await withQuestions(settings, async (questions) => {
        const addresses = options.address ?? (await ownAddresses(facts.hostname, questions));
        await show({ ...facts, addresses }, questions, options);
      });
    });
}

async function withQuestions(
  { dns }: Settings,
  act: (questions: PublishedLookups) => Promise<void>,
): Promise<void> {
  const questions = openPublishedLookups(dns.servers);
  try {
    await act(questions);
  } finally {
    questions.close();
  }
}

async function show(
  facts: DomainFacts,
  questions: PublishedLookups | undefined,
  { json, check }: DnsOptions,
): Promise<void> {
  const published = questions && (await surveyDomain(facts, questions));
  const findings = findingsFor(itemsFor(facts), published);
  if (json === true) printJson(findingsJson(findings));
  else print(check === true ? findingsTable(findings) : zoneText(facts.domain, findings));
  const outcome = outcomeOf(findings);
  if (outcome === "wrong") process.exitCode = exitCodes.no;
  if (outcome === "unknown") process.exitCode = exitCodes.tryLater;
}
