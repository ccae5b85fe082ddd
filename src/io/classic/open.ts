// The classic sources of logins that the configuration names, each tried once before it counts.

import type { LoginSettings } from "../../core/config/login-settings.ts";
import type { ConfigurationProblem } from "../../core/config/problem.ts";
import { problemAt } from "../../core/config/source.ts";
import type { LoginFault, LoginSource } from "../../core/login/source.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { PasswordHashes } from "../password/hashes.ts";
import { readSecret } from "../process/secret.ts";
import { createCheckpassword } from "./checkpassword.ts";
import { createDatabase } from "./vpopmail/database.ts";
import type { VpopmailDirectory } from "./vpopmail/mailbox.ts";
import { createVpopmailFiles } from "./vpopmail/password-files.ts";
import { createVpopmailSource } from "./vpopmail/source.ts";
import { createVpopmailTables } from "./vpopmail/tables.ts";

export interface OpenOptions {
  readonly hashes: Pick<PasswordHashes, "verify">;
  /** Where secrets may be. */
  readonly environment: NodeJS.ProcessEnv;
  /** New each time, printable, not to be guessed. */
  readonly random: () => string;
}

interface ClassicSource {
  readonly source: LoginSource;
  /** Whether its users are to be taken over. */
  readonly adopt: boolean;
}

export interface ClassicSources {
  /** In the order of the configuration. */
  readonly sources: readonly ClassicSource[];
  /** What does not answer now, for the operator; its logins are put off until it does. */
  readonly warnings: readonly string[];
}

/** Opens them all. The problems are what only the operator can mend: a program that is missing or lets
 * everyone in, a database that refuses us, a folder that cannot be read. What opens is closed again
 * then. */
export async function openClassicSources(
  logins: readonly LoginSettings[],
  options: OpenOptions,
): Promise<Result<ClassicSources, readonly ConfigurationProblem[]>> {
  const opened = await Promise.all(logins.map((login) => openOne(login, options)));
  const problems = opened.flatMap(({ failure }, index) =>
    failure?.fault === "misconfigured" ? [explain(logins, index, failure.why)] : [],
  );
  if (problems.length > 0) {
    await Promise.all(opened.flatMap(({ source }) => source?.close() ?? []));
    return bad(problems);
  }
  return good({
    sources: opened.flatMap(({ source }, index) =>
      source === undefined ? [] : [classicSource(source, logins[index])],
    ),
    warnings: opened.flatMap(({ failure }) => (failure === undefined ? [] : [failure.why])),
  });
}

function classicSource(source: LoginSource, login: LoginSettings | undefined): ClassicSource {
  const adopt = login?.adopt ?? false;
  if (login?.clearPasswords === true) return { source, adopt };
  return {
    source: {
      name: source.name,
      verify: (request) => source.verify(request),
      close: () => source.close(),
    },
    adopt,
  };
}

interface Opened {
  readonly source?: LoginSource;
  readonly failure?: Failure | undefined;
}

interface Failure {
  readonly fault: LoginFault;
  readonly why: string;
}

async function openOne(login: LoginSettings, options: OpenOptions): Promise<Opened> {
  switch (login.kind) {
    case "checkpassword": {
      const source = createCheckpassword({ ...login, random: options.random });
      return { source, failure: await source.probe() };
    }
    case "vpopmail-mysql": {
      const password = await readSecret(login.password, options.environment);
      if (!password.ok) return { failure: { fault: "misconfigured", why: password.problem } };
      const database = createDatabase({ ...login, password: password.value });
      return tryOut(createVpopmailTables(database, login.tables), options);
    }
    case "vpopmail-cdb":
      return tryOut(createVpopmailFiles(login.domains), options);
    case "oauth": // it knows no passwords
      return {};
  }
}

/** Asks for a user whom there cannot be. */
async function tryOut(directory: VpopmailDirectory, { hashes }: OpenOptions): Promise<Opened> {
  const found = await directory.find({ local: "nobody", domain: "probe.invalid" });
  return {
    source: createVpopmailSource(directory, hashes),
    failure: found.ok ? undefined : found.problem,
  };
}

function explain(
  logins: readonly LoginSettings[],
  index: number,
  why: string,
): ConfigurationProblem {
  const login = logins[index];
  if (login === undefined) throw new Error("a problem of no source");
  return problemAt(login.place, ["logins", index, login.kind], why);
}
