// An installation read, translated and proven: all that `bailiwick import toaster` has to show or write.

import { dirname, join, resolve } from "node:path";
import { readAccountList } from "../../core/accounts/account-list.ts";
import {
  type DraftAccount,
  formatAccountList,
  formatForwards,
} from "../../core/toaster/accounts.ts";
import { besideNames, type HostPassword, hostPasswords } from "../../core/toaster/document.ts";
import type { Draft } from "../../core/toaster/draft.ts";
import { writeMoves } from "../../core/toaster/maildirs.ts";
import { type Finding, Report } from "../../core/toaster/report.ts";
import type { Toaster } from "../../core/toaster/toaster.ts";
import { translate } from "../../core/toaster/translate.ts";
import { readToaster, type ReadOptions } from "../../io/classic/toaster/read.ts";
import { readStoredPassword } from "../../io/password/stored.ts";
import { systemClock } from "../../io/process/clock.ts";
import { withUsableCertificate } from "./certificate.ts";
import type { OutputFile } from "./files.ts";
import { settle } from "./settle.ts";

export interface Import {
  readonly toaster: Toaster;
  readonly findings: readonly Finding[];
  /** The configuration's text. */
  readonly configuration: string;
  /** Why it may not be served; empty where it may. */
  readonly problems: readonly string[];
  readonly accounts: readonly DraftAccount[];
  /** As text; undefined where there is nothing of the kind. */
  readonly accountList: string | undefined;
  readonly forwards: string | undefined;
  readonly rules: string | undefined;
  readonly moves: string | undefined;
  /** Never shown. */
  readonly password: string | undefined;
  /** Those for other hosts; never shown. */
  readonly hostPasswords: readonly HostPassword[];
}

/** @param target the configuration's path, whether it is written or not */
export async function importToaster(options: ReadOptions, target: string): Promise<Import> {
  const report = new Report();
  const folder = dirname(resolve(target));
  const toaster = await readToaster(options, report);
  const { draft: first, accounts, forwards } = translate(toaster, whyUnusable, report);
  const tried = await withUsableCertificate(first, systemClock.now(), report);
  const { draft, text, problems } = await settle(tried, {
    head: headOf(options.root),
    file: target,
    folder,
    report,
  });
  for (const problem of problems) {
    report.operator({ path: "" }, `the configuration is not in order: ${problem}`);
  }
  const accountList = accounts.length === 0 ? undefined : formatAccountList(accounts);
  if (accountList !== undefined) checkAccountList(accountList, report);
  const data = join(folder, "data");
  const moves = writeMoves({ accounts, realPath: (path) => toaster.realPath(path), data });
  return {
    toaster,
    findings: report.findings(),
    configuration: text,
    problems,
    accounts,
    accountList,
    forwards: formatForwards(forwards),
    rules: draft.rules?.text,
    moves: moves === "" ? undefined : moves,
    password: passwordOf(draft),
    hostPasswords: hostPasswords(draft.routes),
  };
}

function headOf(root: string): readonly string[] {
  return [
    `Made by \`bailiwick import toaster ${root}\`; the comments say where each value comes from.`,
    "The manual of all keys: docs/configuration.md",
  ];
}

function whyUnusable(stored: string): string | undefined {
  const read = readStoredPassword(stored);
  return read.kind === "unusable" ? read.why : undefined;
}

/** By the function that `account import` reads it with. */
function checkAccountList(text: string, report: Report): void {
  const list = readAccountList(text, () => true);
  const problems = list.ok ? list.value.problems : [{ line: 1, problem: list.problem }];
  for (const { line, problem } of problems) {
    report.operator(
      { path: besideNames.accounts, line },
      `${problem}; mend the line before it is imported`,
    );
  }
}

function passwordOf({ logins }: Draft): string | undefined {
  for (const { value } of logins) if (value.kind === "database") return value.password;
  return undefined;
}

/** The configuration comes last: by then all that it names is there. */
export function outputFiles(found: Import, target: string): readonly OutputFile[] {
  const folder = dirname(target);
  const file = (name: string, text: string | undefined, mode: number, encoding: BufferEncoding) =>
    text === undefined
      ? []
      : [{ path: join(folder, name), octets: Buffer.from(text, encoding), mode }];
  return [
    ...file(besideNames.password, found.password && `${found.password}\n`, 0o600, "latin1"),
    ...found.hostPasswords.flatMap(({ name, password }) =>
      file(name, `${password}\n`, 0o600, "latin1"),
    ),
    ...file(besideNames.rules, found.rules, 0o644, "latin1"),
    ...file(besideNames.accounts, found.accountList, 0o600, "utf8"),
    ...file(besideNames.forwards, found.forwards, 0o600, "utf8"),
    ...file(besideNames.moves, found.moves, 0o700, "utf8"),
    { path: target, octets: Buffer.from(found.configuration), mode: 0o644 },
  ];
}
