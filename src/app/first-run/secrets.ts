// The passwords of the first run: for the smart host, of the first account, of the operator.

import { bad, good, type Result } from "../../core/result.ts";
import { randomLetters } from "../../io/password/random-text.ts";
import { ConfigurationError } from "../errors.ts";
import { readPassword } from "../password.ts";
import type { Terminal } from "./terminal.ts";

/** @param file as given; undefined to ask
 * @param whose such as `ann at smtp.example.com:587`
 * @throws {ConfigurationError} where nobody can be asked */
export async function collectHostPassword(
  file: string | undefined,
  whose: string,
  terminal: Terminal | undefined,
): Promise<string> {
  if (file !== undefined) return readPassword(file);
  if (terminal === undefined) {
    throw new ConfigurationError(
      "a login at the smart host needs its password: name a file with --smart-host-password-file (- for standard input)",
    );
  }
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- until there is one
    const password = await terminal.askSecret(`Password of ${whose}`);
    if (password !== "") return password;
    terminal.say("  It is empty.\n");
  }
}

/** Makes of a password what is kept of it; the problem is a sentence for whoever chose it. */
type Keep<Kept> = (password: string) => Promise<Result<Kept, string>>;

export interface ChosenPassword<Kept> {
  readonly kept: Kept;
  /** Where we have made it up: it is to be shown once. */
  readonly generated?: string;
}

export interface PasswordOptions<Kept> {
  /** As given; undefined to ask, or to make one up where nobody can be asked. */
  readonly file: string | undefined;
  /** An account's address, or which operator. */
  readonly whose: string;
  readonly terminal: Terminal | undefined;
  readonly keep: Keep<Kept>;
}

/** @throws {ConfigurationError} where the file's is of no use */
export async function choosePassword<Kept>(
  options: PasswordOptions<Kept>,
): Promise<ChosenPassword<Kept>> {
  const { file, terminal, whose, keep } = options;
  if (file !== undefined) return { kept: required(await keep(await readPassword(file))) };
  const typed = terminal && (await askUntilTaken(terminal, whose, keep));
  if (typed !== undefined) return { kept: typed };
  const generated = newPassword();
  return { generated, kept: required(await keep(generated)) };
}

function required<Kept>(kept: Result<Kept, string>): Kept {
  if (kept.ok) return kept.value;
  throw new ConfigurationError(kept.problem);
}

/** Undefined where one is to be made up. */
async function askUntilTaken<Kept>(
  terminal: Terminal,
  whose: string,
  keep: Keep<Kept>,
): Promise<Kept | undefined> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- until one is taken
    const typed = await askTwice(terminal, whose);
    if (typed.ok && typed.value === "") return undefined;
    // oxlint-disable-next-line no-await-in-loop
    const kept = typed.ok ? await keep(typed.value) : typed;
    if (kept.ok) return kept.value;
    terminal.say(`  ${kept.problem}\n`);
  }
}

async function askTwice(terminal: Terminal, whose: string): Promise<Result<string, string>> {
  const first = await terminal.askSecret(`Password of ${whose} (Enter: one is made up)`);
  if (first === "") return good("");
  const again = await terminal.askSecret("Again");
  return first === again ? good(first) : bad("the two differ");
}

/** 81 bits: nobody guesses it, and it can be typed. */
function newPassword(): string {
  return Array.from({ length: 3 }, () => randomLetters(6)).join("-");
}
