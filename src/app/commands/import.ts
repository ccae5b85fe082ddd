// `bailiwick import`: makes a configuration of another server's installation.

import { type Command, Option } from "commander";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { OperationError } from "../../server/admin/operations.ts";
import { ConfigurationError, exitCodes } from "../errors.ts";
import { examples, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { type OutputFile, writeFiles } from "../toaster/files.ts";
import { type Import, importToaster, outputFiles } from "../toaster/import.ts";
import { describeFindings, describeNext, describeSource } from "../toaster/view.ts";

const parts = ["configuration", "accounts", "forwards", "rules", "maildirs"] as const;

interface ToasterOptions {
  readonly qmail?: string;
  readonly vpopmail?: string;
  readonly rules?: string;
  /** False with --no-database. */
  readonly database: boolean;
  readonly write?: string;
  readonly force?: boolean;
  readonly print?: (typeof parts)[number];
  readonly json?: boolean;
}

const after = `
Reads control files, run scripts, address rules, domains, users and aliases, and says of each what
became of it. Without --write nothing is written: the report and the configuration are printed. With
it, what belongs to the configuration is written beside it: accounts.csv for \`account import\`,
forwards.txt for \`forward import\`, maildirs.sh, which moves the old mail, and, where they are
needed, tcp.smtp and the password for vpopmail's database. The installation itself is never changed.

Exit codes: 0 all is taken, 1 something needs you, 2 wrong usage, or no installation there.`;

export function addImportCommands(program: Command): void {
  const command = program
    .command("import")
    .description("make a configuration of another server's installation")
    .addHelpText("after", examples("bailiwick import toaster /"));
  withJson(
    command.command("toaster").argument("<folder>", "its root: / on the machine itself, or a copy"),
  )
    .description("qmail with vpopmail, as Mail::Toaster and its like set it up")
    .option("--qmail <folder>", "qmail's folder (default: var/qmail and the like below the root)")
    .option("--vpopmail <folder>", "vpopmail's folder (default: home/vpopmail and the like)")
    .option("--rules <file>", "the address rules (default: etc/tcp.smtp in vpopmail's folder)")
    .option("--no-database", "do not ask the database that etc/vpopmail.mysql names")
    .addOption(
      new Option(
        "--dry-run",
        "print the report and the configuration, and write nothing (default)",
      ).conflicts(["write", "force"]),
    )
    .option("--write <file>", "write the configuration, and what belongs beside it")
    .option("--force", "write over files that are there")
    .addOption(
      new Option("--print <part>", "print one part alone, as it would be written")
        .choices(parts)
        .conflicts(["write", "json"]),
    )
    .addHelpText("after", after)
    .addHelpText(
      "after",
      examples(
        "bailiwick import toaster /",
        "bailiwick import toaster / --write /etc/bailiwick/bailiwick.yaml",
        "bailiwick import toaster /mnt/old --no-database",
        "bailiwick import toaster / --print maildirs",
        "bailiwick import toaster / --json | jq '.findings[] | select(.fate == \"operator\")'",
      ),
    )
    .action(run);
}

async function run(folder: string, options: ToasterOptions): Promise<void> {
  await requireFolders([folder, options.qmail, options.vpopmail]);
  const target = options.write ?? "bailiwick.yaml";
  const { qmail, vpopmail, rules } = options;
  const found = await importToaster(
    {
      root: folder,
      ...(qmail !== undefined && { qmail }),
      ...(vpopmail !== undefined && { vpopmail }),
      ...(rules !== undefined && { rules }),
      askDatabase: options.database,
    },
    target,
  );
  if (found.toaster.qmail === undefined && found.toaster.vpopmail === undefined) {
    throw new ConfigurationError(
      `${folder} has no installation in it: there is neither qmail's folder \`control\` nor vpopmail's \`domains\`; name them with --qmail and --vpopmail`,
    );
  }
  const files = outputFiles(found, target);
  if (options.print !== undefined) return printPart(found, options.print);
  if (options.write !== undefined) await write(found, files, options.force === true);
  if (options.json === true) printJson(valuesOf(found, files));
  else print(describe(found, folder, files, options.write !== undefined));
  const needsOperator = found.findings.some(({ fate }) => fate === "operator");
  process.exitCode = needsOperator ? exitCodes.no : exitCodes.done;
}

async function requireFolders(folders: readonly (string | undefined)[]): Promise<void> {
  for (const folder of folders) {
    if (folder === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- three
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new ConfigurationError(`${folder} is no folder`);
  }
}

function printPart(found: Import, part: (typeof parts)[number]): void {
  const texts = {
    configuration: found.configuration,
    accounts: found.accountList,
    forwards: found.forwards,
    rules: found.rules,
    maildirs: found.moves,
  };
  const text = texts[part];
  if (text === undefined) throw new OperationError(`there are no ${part} to print`);
  process.stdout.write(text, part === "rules" ? "latin1" : "utf8");
}

/** What may not be served is not written. */
async function write(found: Import, files: readonly OutputFile[], force: boolean): Promise<void> {
  if (found.problems.length > 0) {
    throw new OperationError(
      `nothing is written, because the configuration is not in order:\n${found.problems.join("\n")}`,
    );
  }
  await writeFiles(files, force);
}

function valuesOf(found: Import, files: readonly OutputFile[]) {
  const { qmail, vpopmail } = found.toaster;
  return {
    qmail: qmail ?? null,
    vpopmail: vpopmail ?? null,
    findings: found.findings,
    problems: found.problems,
    configuration: found.configuration,
    rules: found.rules ?? null,
    accounts: found.accounts,
    forwards: found.forwards ?? null,
    files: files.map(({ path }) => path),
  };
}

function describe(
  found: Import,
  folder: string,
  files: readonly OutputFile[],
  isWritten: boolean,
): string {
  const report = describeSource(resolve(folder), found.toaster) + describeFindings(found.findings);
  const paths = files.map(({ path }) => path);
  if (isWritten) return `${report}Written: ${paths.join(", ")}\n\n${describeNext(nextOf(paths))}`;
  const others = paths.slice(0, -1);
  const more = others.length === 0 ? "" : `, and beside it ${others.join(", ")}`;
  return `${report}The configuration (--write FILE writes it${more}):\n\n${found.configuration}`;
}

function nextOf(paths: readonly string[]) {
  const named = (name: string) => paths.find((path) => path.endsWith(name));
  return {
    configuration: paths.at(-1) ?? "",
    accounts: named("accounts.csv"),
    forwards: named("forwards.txt"),
    passwords: paths.filter((path) => /-password(?:-[0-9]+)?$/.test(path)),
    moves: named("maildirs.sh"),
  };
}
