// The files that a start reads beside the configuration, tried for `check` without a start: nothing is
// made, bound or opened.

import { errorText } from "../core/error-text.ts";
import { type ConfigurationProblem, formatProblem } from "../core/config/problem.ts";
import type { Settings } from "../core/config/settings.ts";
import { problemAt } from "../core/config/source.ts";
import { good } from "../core/result.ts";
import { tryDataFolder, withRightsOf } from "../io/process/privileges.ts";
import { type ReadSecret, readSecret } from "../io/process/secret.ts";
import { readAddressRules } from "./address-rules.ts";
import { ConfigurationError } from "./errors.ts";
import { findStore } from "./open-store.ts";
import { readRoamingSecret } from "./roaming-secret.ts";
import { tryCertificateFiles } from "./server/certificate-files.ts";
import { findUnwritable, openHandOver } from "./server/hand-over.ts";
import { readRecipientLists } from "./server/recipient-lists.ts";
import { planRoamingSources } from "./server/roaming-sources.ts";
import { findWayWarnings } from "./server/way-warnings.ts";

/** Reads them as the user that the server will work as, where we may. Returns what is worth a warning.
 * @throws {ConfigurationError} with all that cannot be used, a line each, as the start words it. */
export async function tryStartFiles(settings: Settings): Promise<readonly ConfigurationProblem[]> {
  const { data, user } = settings;
  const warnings: ConfigurationProblem[] = [];
  const tryAsUser = () => tryAll(settings, warnings);
  await requireAll([
    () => tryDataFolder(data, user),
    () => (user === undefined ? tryAsUser() : withRightsOf(user, tryAsUser)),
  ]);
  return warnings;
}

async function tryAll(settings: Settings, warnings: ConfigurationProblem[]): Promise<void> {
  const { events } = settings.relay.roaming ?? {};
  await requireAll([
    () => readAddressRules(settings.relay.rules),
    () => findStore(settings, readServersSecret),
    () => planRoamingSources(settings, readServersSecret),
    async () => events && readRoamingSecret(events),
    () => openHandOver(settings, readServersSecret),
    () => readRecipientLists(settings.domains),
    async () => warnings.push(...(await tryCertificateFiles(settings))),
    async () => warnings.push(...(await tryWays(settings))),
    () => tryLoginSecrets(settings),
  ]);
}

/** What this machine says of the ways of mail, and whether new tokens could be kept. */
async function tryWays(settings: Settings): Promise<readonly ConfigurationProblem[]> {
  return [...findWayWarnings(settings), ...(await findUnwritable(settings))];
}

/** One after the other; what several find is said once. */
async function requireAll(tries: readonly (() => Promise<unknown>)[]): Promise<void> {
  const problems = new Set<string>();
  for (const each of tries) await each().catch((error: unknown) => problems.add(errorText(error)));
  if (problems.size > 0) throw new ConfigurationError([...problems].join("\n"));
}

/** The environment is the server's, and ours may be another one: only its files are looked at. */
const readServersSecret: ReadSecret = async (place) =>
  "variable" in place ? good("") : readSecret(place, {});

/** Of the databases with logins, which themselves are not asked. */
async function tryLoginSecrets({ logins }: Settings): Promise<void> {
  const problems: string[] = [];
  for (const [index, login] of logins.entries()) {
    if (login.kind !== "vpopmail-mysql") continue;
    const secret = await readServersSecret(login.password);
    if (secret.ok) continue;
    problems.push(
      formatProblem(problemAt(login.place, ["logins", index, login.kind], secret.problem)),
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
}
