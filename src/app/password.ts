// Where a password comes from: a file, standard input, or somebody at the terminal. Never the
// command line, which other users of the machine can see.

import { errorText } from "../core/error-text.ts";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { makeCredentials } from "../io/password/credentials.ts";
import { hashOperatorPassword } from "../io/password/operator-password.ts";
import type { Credentials } from "../io/store/account-store.ts";
import { ConfigurationError } from "./errors.ts";

/** What is kept of a password that is read as `readPassword` reads it. */
export async function readCredentials(file: string | undefined): Promise<Credentials> {
  const credentials = await makeCredentials(await readPassword(file));
  if (credentials.ok) return credentials.value;
  throw new ConfigurationError(credentials.problem);
}

/** The hash of an operator's password that is read as `readPassword` reads it. */
export async function readOperatorPassword(file: string | undefined): Promise<string> {
  const hash = await hashOperatorPassword(await readPassword(file));
  if (hash.ok) return hash.value;
  throw new ConfigurationError(hash.problem);
}

/** @param file path, `-` for standard input, undefined to ask. A final line end does not count. */
export async function readPassword(file: string | undefined): Promise<string> {
  if (file === undefined) return askTwice();
  const content = file === "-" ? await text(process.stdin) : await readSecret(file);
  const password = content.replace(/\r?\n$/, "");
  if (password === "") throw new ConfigurationError(`the password in ${file} is empty`);
  if (/[\r\n\0]/.test(password)) {
    throw new ConfigurationError(`the password in ${file} has more than one line`);
  }
  return password;
}

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = errorText(error);
    throw new ConfigurationError(`the password file cannot be read: ${why}`);
  }
}

async function askTwice(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new ConfigurationError(
      "no terminal to ask for the password at; use --password-file FILE, or - for standard input",
    );
  }
  const first = await ask("Password: ");
  if (first === "") throw new ConfigurationError("the password is empty");
  if ((await ask("Again: ")) !== first) throw new ConfigurationError("the two passwords differ");
  return first;
}

/** Asks without an echo. */
async function ask(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
