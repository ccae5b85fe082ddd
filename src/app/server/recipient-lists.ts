// The lists of recipients that the configuration names. A file is read again when it changes; a bad
// one changes nothing, and the log says why.

import type { DomainSettings } from "../../core/config/settings.ts";
import type { RecipientList } from "../../core/recipients/recipient-list.ts";
import { stampOf } from "../../io/classic/rules-file.ts";
import { watchFile } from "../../io/classic/watch-file.ts";
import { readRecipientFile } from "../../io/recipients/list-file.ts";
import type { Log } from "../../server/log.ts";
import { ConfigurationError } from "../errors.ts";

export interface RecipientLists {
  find(path: string, domain: string): RecipientList | undefined;
  close(): void;
}

interface Named {
  readonly domain: string;
  readonly path: string;
  readonly where: string;
}

/** Milliseconds between two looks at a file. */
const lookEvery = 1_000;

/** @throws {ConfigurationError} where some cannot be read, a line for each */
export async function openRecipientLists(
  domains: readonly DomainSettings[],
  log: Log,
): Promise<RecipientLists> {
  const stamps = new Map<string, string>();
  for (const { path } of namedLists(domains)) stamps.set(path, await stampOf(path));
  const lists = await readRecipientLists(domains);
  const watches = namedLists(domains).map((named) =>
    watchFile({
      path: named.path,
      stamp: stamps.get(named.path) ?? "",
      interval: lookEvery,
      onChange: () => readAgain(named, lists, log),
    }),
  );
  return {
    find: (path, domain) => lists.get(keyOf({ path, domain })),
    close() {
      for (const watch of watches) watch.close();
    },
  };
}

/** @throws {ConfigurationError} where some cannot be read, a line for each */
export async function readRecipientLists(
  domains: readonly DomainSettings[],
): Promise<Map<string, RecipientList>> {
  const lists = new Map<string, RecipientList>();
  const problems: string[] = [];
  for (const named of namedLists(domains)) {
    const list = await readRecipientFile(named.path, named.domain);
    if (list.ok) lists.set(keyOf(named), list.value);
    else problems.push(`${named.where}: ${list.problem}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  return lists;
}

async function readAgain(named: Named, lists: Map<string, RecipientList>, log: Log): Promise<void> {
  const list = await readRecipientFile(named.path, named.domain);
  const fields = { file: named.path, domain: named.domain };
  if (list.ok) {
    lists.set(keyOf(named), list.value);
    const text = `the list of recipients is in place, with ${list.value.size} of them`;
    log.info({ event: "recipients-read", ...fields }, text);
  } else {
    const text = `the old list of recipients stays in place: ${list.problem}`;
    log.error({ event: "recipients-refused", ...fields }, text);
  }
}

function namedLists(domains: readonly DomainSettings[]): readonly Named[] {
  return domains.flatMap(({ name, deliver, place: { file, line, column } }) =>
    deliver.to === "relay" && deliver.recipients.kind === "file"
      ? [{ domain: name, path: deliver.recipients.path, where: `${file}:${line}:${column}` }]
      : [],
  );
}

/** No domain has a space in it. */
function keyOf({ path, domain }: Pick<Named, "path" | "domain">): string {
  return `${domain} ${path}`;
}
