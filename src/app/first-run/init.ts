// The first run, from the questions to a configuration that is proven.

import { dirname, join } from "node:path";
import type { Settings } from "../../core/config/settings.ts";
import { formatAddress } from "../../core/mail/address.ts";
import { formatFinding } from "../../core/policy/proof/finding.ts";
import { problemsOf } from "../../core/policy/proof/prove.ts";
import { good } from "../../core/result.ts";
import { systemClock } from "../../io/process/clock.ts";
import { OperationError } from "../../server/admin/operations.ts";
import { allChecks } from "../doctor/checks/all.ts";
import { type Look, prepareLook } from "../doctor/look.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { describeFindings } from "../doctor/view.ts";
import { withOperations } from "../operator.ts";
import { print } from "../print.ts";
import { showProgress } from "../doctor/progress.ts";
import { readAddressRules } from "../address-rules.ts";
import { proveSettings } from "../proof.ts";
import { describeProof } from "../proof-view.ts";
import { collectAnswers } from "./collect.ts";
import { showExamples } from "./examples.ts";
import type { Given } from "./given.ts";
import { isThere, type Plan, planFromAnswers, planFromFile } from "./plan.ts";
import { readYes } from "./readers.ts";
import { collectHostPassword } from "./secrets.ts";
import { makeAccount, makeKeys, makeOperator, type SettleOptions } from "./settle.ts";
import { showClients, showRecords } from "./show.ts";
import { suggest, type Suggestions } from "./suggestions.ts";
import type { Terminal } from "./terminal.ts";
import { formatTable } from "../table.ts";
import { makeFolder, writeNew } from "./write.ts";

export interface FirstRunOptions {
  readonly given: Given;
  /** Undefined where nobody is to be asked. */
  readonly terminal: Terminal | undefined;
  /** Told of each thing that is in place, for whoever interrupts. */
  readonly onDone: (what: string) => void;
}

/** @throws {ConfigurationError} where an answer is missing or of no use, or a file cannot be written
 * @throws {OperationError} where what would be written must not be served */
export async function firstRun({ given, terminal, onDone }: FirstRunOptions): Promise<void> {
  const say = (text: string): void => {
    print(`${text}\n`);
    onDone(text);
  };
  terminal?.say(
    "A few questions, then a look at this machine; nothing is written before you have seen what it\n" +
      "finds. Enter takes what stands in brackets. Ctrl-C ends it.\n",
  );
  const suggestions = await suggest();
  const plan = await makePlan({ given, terminal }, suggestions);
  const { settings, file } = plan;
  const look = await lookAround(plan, given);
  requireServable(look, plan);
  if (terminal !== undefined && plan.files.length > 0) {
    const question = `Write ${plan.files.map(({ path }) => path).join(" and ")}?`;
    if (!(await terminal.ask(question, readYes, "yes"))) {
      throw new OperationError("nothing is written, as you wish");
    }
  }
  if (plan.files.length > 0) await makeFolder(dirname(file));
  for (const each of plan.files) {
    // oxlint-disable-next-line no-await-in-loop -- the configuration comes last
    const placed = await writeNew(each, settings.user);
    say(placed === "written" ? `written  ${each.path}` : `left     ${each.path} is there already`);
  }
  await finish(file, { given, terminal, say });
}

/** All else by what the file says now, whoever wrote it. */
async function finish(
  file: string,
  rest: Pick<SettleOptions, "given" | "terminal" | "say">,
): Promise<void> {
  await withOperations(file, async (operations, _, settings) => {
    const options = { ...rest, settings, operations };
    await makeKeys(options);
    const account = await makeAccount(options);
    await makeOperator(options);
    const [domain] = settings.domains;
    const example = account ?? { local: "alice", domain: domain?.name ?? settings.hostname };
    const sections = [
      await showRecords(settings, operations, systemClock.now()),
      showClients(settings, formatAddress(example)),
      `Who may relay\n${await describeRelaying(settings)}\n`,
      await showExamples(settings, operations, account),
      describeNext(file, settings),
    ];
    print(`\n${sections.filter((text) => text !== "").join("\n")}`);
  });
}

async function describeRelaying(settings: Settings): Promise<string> {
  const { rules } = await readAddressRules(settings.relay.rules);
  const lines = describeProof(await proveSettings(settings, rules));
  return lines.map((line) => `  ${line}`).join("\n");
}

async function makePlan(
  { given, terminal }: Pick<FirstRunOptions, "given" | "terminal">,
  suggestions: Suggestions,
): Promise<Plan> {
  const directory =
    given.directory ??
    (await terminal?.ask("Folder for the configuration", good, suggestions.directory)) ??
    suggestions.directory;
  const file = join(directory, "bailiwick.yaml");
  if (await isThere(file)) {
    print(
      `${file} is there already and stays as it is: what it says holds, not what flags say or would be asked.\n\n`,
    );
    return planFromFile(file);
  }
  const put = { ...given, directory: directory === suggestions.directory ? undefined : directory };
  const answers = await collectAnswers({ given: put, suggestions, terminal });
  return planFromAnswers(file, answers, (whose) =>
    collectHostPassword(given.smartHostPasswordFile, whose, terminal),
  );
}

async function lookAround({ settings, file, files }: Plan, given: Given): Promise<Look> {
  const look = await prepareLook({
    settings,
    file,
    clock: systemClock,
    outbound: undefined,
    toCome: files.map(({ path }) => path),
  });
  const outbound = look.sendsDirectly ? (given.outbound ?? undefined) : undefined;
  const all = { ...look, outbound };
  const findings = await showProgress((onDone) => runChecks(allChecks, all, { onDone }));
  print(`\nThis machine\n\n${describeFindings(findings)}\n`);
  return look;
}

/** What `check` would refuse is not written. */
function requireServable({ proof, files }: Look, plan: Plan): void {
  const { user, dataFolder, others } = files;
  const lines = [
    ...problemsOf(proof.findings).map(formatFinding),
    ...[user, dataFolder].filter((trouble) => trouble !== undefined),
    ...others,
  ];
  if (lines.length === 0) return;
  const what = plan.files.length > 0 ? "nothing is written" : "nothing more is done";
  throw new OperationError(
    `${what}, because the server would not start with this:\n${lines.join("\n")}`,
  );
}

function describeNext(file: string, { domains }: Settings): string {
  const isFound = file === "bailiwick.yaml" || file === "/etc/bailiwick/bailiwick.yaml";
  const config = isFound ? "" : ` -c ${file}`;
  const [domain] = domains;
  const rows = [
    [`  bailiwick start${config}`, "serve, until Ctrl-C"],
    [`  bailiwick doctor${config}`, "look again, once what is said above is mended"],
    ...(domain === undefined
      ? []
      : [[`  bailiwick dns ${domain.name}${config}`, "do the records stand in the DNS?"]]),
  ];
  return `Next\n${formatTable(rows)}`;
}
