// The two passwords of the first run: the one for the smart host, and the first account's.

import { bad, good, type Result } from "../../core/result.ts";
import { randomLetters } from "../../io/password/random-text.ts";
import { makeCredentials } from "../../io/password/credentials.ts";
import type { Credentials } from "../../io/store/account-store.ts";
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

export interface AccountPassword {
  readonly credentials: Credentials;
  /** Where we have made it up: it is to be shown once. */
  readonly generated?: string;
}

/** @param file as given; undefined to ask, or to make one up where nobody can be asked
 * @throws {ConfigurationError} where the file is of no use */
export async function collectAccountPassword(
  file: string | undefined,
  address: string,
  terminal: Terminal | undefined,
): Promise<AccountPassword> {
  if (file !== undefined) return { credentials: await credentialsOf(await readPassword(file)) };
  const typed = terminal === undefined ? "" : await askUntilSame(terminal, address);
  if (typed !== "") return { credentials: await credentialsOf(typed) };
  const generated = newPassword();
  return { generated, credentials: await credentialsOf(generated) };
}

/** Empty where one is to be made up. */
async function askUntilSame(terminal: Terminal, address: string): Promise<string> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- until the two are the same
    const typed = await askTwice(terminal, address);
    if (typed.ok) return typed.value;
    terminal.say(`  ${typed.problem}\n`);
  }
}

async function askTwice(terminal: Terminal, address: string): Promise<Result<string, string>> {
  const first = await terminal.askSecret(`Password of ${address} (Enter: one is made up)`);
  if (first === "") return good("");
  const again = await terminal.askSecret("Again");
  return first === again ? good(first) : bad("The two differ.");
}

async function credentialsOf(password: string): Promise<Credentials> {
  const made = await makeCredentials(password);
  if (made.ok) return made.value;
  throw new ConfigurationError(made.problem);
}

/** 81 bits: nobody guesses it, and it can be typed. */
function newPassword(): string {
  return Array.from({ length: 3 }, () => randomLetters(6)).join("-");
}
