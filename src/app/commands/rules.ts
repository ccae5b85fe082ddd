// `bailiwick rules`: files of address rules, without a server and without a configuration.

import type { Command } from "commander";
import { type ConfigurationProblem, formatProblem } from "../../core/config/problem.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress } from "../../core/mail/ip.ts";
import { bad, type Result } from "../../core/result.ts";
import { compileRules } from "../../core/rules/compile.ts";
import { dumpRules } from "../../core/rules/dump.ts";
import { readRulesText } from "../../core/rules/text.ts";
import { replaceFile } from "../../io/classic/replace-file.ts";
import { readOctets, readRulesFile } from "../../io/classic/rules-file.ts";
import { runInSlices } from "../../io/process/slices.ts";
import { ConfigurationError } from "../errors.ts";
import { domainArgument, examples, ipArgument, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { describeTested, describeWarnings, testedRule } from "../rules-view.ts";

export function addRulesCommands(program: Command): void {
  const rules = program
    .command("rules")
    .description("files of address rules: tcp.smtp, tcp.smtp.cdb")
    .addHelpText(
      "after",
      examples(
        "bailiwick rules test tcp.smtp 192.0.2.7",
        "bailiwick rules compile tcp.smtp tcp.smtp.cdb",
        "bailiwick rules dump tcp.smtp.cdb",
      ),
    );
  addCheck(rules);
  addTest(rules);
  addCompile(rules);
  addDump(rules);
}

const fileText = "a rules file; a name that ends in .cdb means a compiled one";

function addCheck(rules: Command): void {
  withJson(rules.command("check").argument("<file>", fileText))
    .description("say what in a file does not count, or not as its writer may think")
    .addHelpText("after", examples("bailiwick rules check tcp.smtp"))
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { warnings } = orThrow(await readRulesFile(file));
      if (json === true) return printJson(warnings);
      print(warnings.length === 0 ? "The rules are in order.\n" : describeWarnings(warnings));
    });
}

function addTest(rules: Command): void {
  withJson(
    rules
      .command("test")
      .argument("<file>", fileText)
      .argument("<address>", "the client's IP address", ipArgument)
      .option("--host <name>", "the client's verified name", domainArgument),
  )
    .description("say which rule decides about a client, and what it sets (like tcprulescheck)")
    .addHelpText(
      "after",
      examples(
        "bailiwick rules test tcp.smtp 192.0.2.7",
        "bailiwick rules test tcp.smtp.cdb 192.0.2.7 --host mail.example.net",
      ),
    )
    .action(async (file: string, client: IpAddress, { host, json }: TestOptions) => {
      const read = orThrow(await readRulesFile(file));
      const tested = {
        client: formatIp(client),
        name: host,
        rule: read.rules.find(client, host),
        needsName: read.rules.needsName(client),
      };
      if (json === true) printJson(testedRule(tested));
      else print(describeTested(tested));
    });
}

interface TestOptions {
  readonly host?: Domain;
  readonly json?: boolean;
}

function addCompile(rules: Command): void {
  rules
    .command("compile")
    .argument("<text>", "the rules, as tcprules takes them")
    .argument("<cdb>", "the compiled file, put in place as a whole")
    .description("compile a text, to the octet as tcprules does")
    .addHelpText("after", examples("bailiwick rules compile tcp.smtp tcp.smtp.cdb"))
    .action(async (from: string, to: string) => {
      const text = orThrow(await readNamed(from)).toString("latin1");
      const { warnings } = orThrow(await runInSlices(readRulesText(text, from)));
      process.stderr.write(describeWarnings(warnings));
      await replaceFile(to, orThrow(await runInSlices(compileRules(text, from))));
    });
}

function addDump(rules: Command): void {
  rules
    .command("dump")
    .argument("<cdb>", "a compiled file")
    .description("write a compiled file out as text, which compiles to the same rules again")
    .addHelpText("after", examples("bailiwick rules dump tcp.smtp.cdb > tcp.smtp"))
    .action(async (file: string) => {
      const octets = orThrow(await readNamed(file));
      const text = orThrow(await runInSlices(dumpRules(octets, file)));
      process.stdout.write(text, "latin1");
    });
}

async function readNamed(file: string): Promise<Result<Buffer, readonly ConfigurationProblem[]>> {
  const octets = await readOctets(file);
  return octets.ok ? octets : bad([{ file, key: "", text: octets.problem }]);
}

function orThrow<Value>(result: Result<Value, readonly ConfigurationProblem[]>): Value {
  if (result.ok) return result.value;
  throw new ConfigurationError(result.problem.map(formatProblem).join("\n"));
}
