// `bailiwick forward import`: many forwards from a text.

import type { Command } from "commander";
import { type ListedForward, readForwardList } from "../../core/forwards/forward-list.ts";
import { OperationError, type Operations } from "../../server/admin/operations.ts";
import { readAccountFile } from "../account-file.ts";
import { withOperations } from "../operator.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";

const after = `
A line for each address, as in a file of aliases:

  info@example.org: ann@example.org, bob@elsewhere.example
  alice@example.org: keep, alice@elsewhere.example
  team@example.org: owner=boss@example.org, members-only, ann@example.org

Lines that are wrong are left out, and told of; the others are added.`;

export function addForwardImport(forward: Command): void {
  withJson(withConfig(forward.command("import").argument("<file>", "- for standard input")))
    .description("add the forwards that stand in a file")
    .addHelpText("after", after)
    .addHelpText("after", examples("bailiwick forward import forwards.txt"))
    .action(run);
}

interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

interface Waiting {
  readonly line: number;
  readonly forward: ListedForward;
}

async function run(file: string, { config, json }: PrintOptions): Promise<void> {
  const lines = readForwardList(await readAccountFile(file));
  const wrong = lines.flatMap(({ line, forward }) =>
    forward.ok ? [] : [{ line, problem: forward.problem }],
  );
  const waiting = lines.flatMap(({ line, forward }) =>
    forward.ok ? [{ line, forward: forward.value }] : [],
  );
  const refused = await withOperations(config, (operations) => addAll(waiting, operations));
  const leftOut = [...wrong, ...refused].toSorted((one, other) => one.line - other.line);
  const added = waiting.length - refused.length;
  if (json === true) printJson({ added, leftOut });
  else {
    for (const { line, problem } of leftOut) process.stderr.write(`${file}:${line}: ${problem}\n`);
    print(`forwards added: ${added}\n`);
  }
  if (leftOut.length > 0) throw new OperationError(`lines left out: ${leftOut.length}`);
}

/** A forward may lead to one that comes further down: those that are refused are tried again for as
 * long as others are added meanwhile. */
async function addAll(
  all: readonly Waiting[],
  operations: Operations,
): Promise<readonly LineProblem[]> {
  for (let waiting = all; ;) {
    const refused: (Waiting & LineProblem)[] = [];
    for (const each of waiting) {
      // oxlint-disable-next-line no-await-in-loop -- each may lead to those before it
      const problem = await tryToAdd(each.forward, operations);
      if (problem !== undefined) refused.push({ ...each, problem });
    }
    if (refused.length === 0 || refused.length === waiting.length) return refused;
    waiting = refused;
  }
}

async function tryToAdd(
  forward: ListedForward,
  operations: Operations,
): Promise<string | undefined> {
  try {
    await operations.forwardAdd(forward);
    return undefined;
  } catch (error) {
    if (error instanceof OperationError) return error.message;
    throw error;
  }
}
