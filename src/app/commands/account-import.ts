// `bailiwick account import`: many accounts from a table, all of them or none.

import type { Command } from "commander";
import { type ListedAccount, readAccountList } from "../../core/accounts/account-list.ts";
import type { LineProblem } from "../../core/accounts/csv.ts";
import { isKnownHash } from "../../io/password/known-hash.ts";
import { systemClock } from "../../io/process/clock.ts";
import { type ImportProblem, OperationError } from "../../server/admin/operations.ts";
import { readAccountFile } from "../account-file.ts";
import { makeAllCredentials } from "../credentials-of-many.ts";
import { ConfigurationError } from "../errors.ts";
import { withOperations } from "../operator.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { createProgressBar } from "../progress.ts";

interface ImportOptions extends PrintOptions {
  readonly skipBad?: boolean;
}

const after = `
The first line names the columns: address,password or address,hash, and aliases if there are some
(addresses with blanks between them). Without a column for passwords the accounts have none: mail
arrives, and who logs in is asked of the places under \`logins\`. The file is UTF-8. Every line is
checked first, and nothing is written if one is wrong.`;

/** Problems that are shown; somebody who has more has one mistake many times. */
const mostShown = 20;

export function addAccountImport(account: Command): void {
  withJson(withConfig(account.command("import").argument("<file.csv>", "- for standard input")))
    .description("add the accounts that stand in a table")
    .option("--skip-bad", "leave wrong lines out and add the others")
    .addHelpText("after", after)
    .addHelpText(
      "after",
      examples(
        "bailiwick account import accounts.csv",
        "bailiwick account import accounts.csv --skip-bad --json | jq .leftOut",
      ),
    )
    .action(run);
}

async function run(file: string, { config, skipBad, json }: ImportOptions): Promise<void> {
  const list = readAccountList(await readAccountFile(file), isKnownHash);
  if (!list.ok) throw new ConfigurationError(`${file}: ${list.problem}`);
  const { accounts, problems } = list.value;
  // The store is not held while passwords are hashed: others may work on it, a server may start.
  const found = await withOperations(config, (operations) =>
    operations.accountImportCheck(accounts.map(({ address, aliases }) => ({ address, aliases }))),
  );
  const { fit, leftOut } = sortOut(accounts, problems, found);
  if (leftOut.length > 0 && json !== true) showProblems(file, leftOut);
  if (leftOut.length > 0 && skipBad !== true) {
    if (json === true) printJson({ added: 0, aliases: 0, leftOut });
    throw new OperationError(
      `nothing is added: ${leftOut.length} of ${accounts.length + problems.length} lines of ${file} are wrong; mend them, or leave them out with --skip-bad`,
    );
  }
  await add(fit, config);
  const added = fit.length;
  const aliases = fit.reduce((sum, account) => sum + account.aliases.length, 0);
  if (json === true) return printJson({ added, aliases, leftOut });
  const without = leftOut.length === 0 ? "" : `; lines left out: ${leftOut.length}`;
  print(`accounts added: ${added}, with aliases: ${aliases}${without}\n`);
}

interface SortedOut {
  readonly fit: readonly ListedAccount[];
  /** By line. */
  readonly leftOut: readonly LineProblem[];
}

function sortOut(
  accounts: readonly ListedAccount[],
  problems: readonly LineProblem[],
  found: readonly ImportProblem[],
): SortedOut {
  const bad = new Map(found.map(({ index, problem }) => [index, problem]));
  const more = accounts.flatMap(({ line }, index) => {
    const problem = bad.get(index);
    return problem === undefined ? [] : [{ line, problem }];
  });
  return {
    fit: accounts.filter((_, index) => !bad.has(index)),
    leftOut: [...problems, ...more].toSorted((one, other) => one.line - other.line),
  };
}

function showProblems(file: string, problems: readonly LineProblem[]): void {
  const shown = problems
    .slice(0, mostShown)
    .map(({ line, problem }) => `${file}:${line}: ${problem}\n`);
  const rest = problems.length - shown.length;
  const more = rest > 0 ? `and ${rest} more lines (all of them: --json)\n` : "";
  process.stderr.write(shown.join("") + more);
}

async function add(accounts: readonly ListedAccount[], config: string | undefined): Promise<void> {
  const bar = createProgressBar(process.stderr, systemClock.elapsed);
  const credentials = await makeAllCredentials(
    accounts.map(({ secret }) => secret),
    (done) => bar.show(done, accounts.length, "passwords"),
  ).finally(() => bar.end());
  const withCredentials = accounts.flatMap(({ address, aliases }, index) => {
    const own = credentials[index];
    return own === undefined ? [] : [{ address, aliases, credentials: own }];
  });
  const [first] = await withOperations(config, (operations) =>
    operations.accountImport(withCredentials),
  );
  if (first === undefined) return;
  const line = accounts[first.index]?.line;
  throw new OperationError(`nothing is added: meanwhile line ${line} is wrong: ${first.problem}`);
}
