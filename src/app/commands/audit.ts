// `bailiwick audit`: who did what to this server.

import { formatTime } from "../../server/admin/words/times.ts";
import type { Command } from "commander";
import { printable } from "../../core/smtp/reply.ts";
import { systemClock } from "../../io/process/clock.ts";
import type { AuditEntry, AuditFilter } from "../../io/store/audit-store.ts";
import type { Operations } from "../../server/admin/operations.ts";
import { withOperations } from "../operator.ts";
import {
  countArgument,
  examples,
  longDurationArgument,
  type PrintOptions,
  withConfig,
  withJson,
} from "../options.ts";
import { print } from "../print.ts";
import { wrap } from "../table.ts";

interface AuditOptions extends PrintOptions {
  readonly since?: number;
  readonly act?: string;
  readonly who?: string;
  readonly limit?: number;
}

/** Entries fetched at once. */
const pageSize = 500;
/** Entries that are shown for people, where they did not say how many they want. */
const usualLimit = 100;

export function addAuditCommand(program: Command): void {
  withJson(withConfig(program.command("audit")))
    .description("who did what, by page, HTTP API and command line; the latest first")
    .option("--since <duration>", "back from now, such as 2d", longDurationArgument)
    .option("--act <name>", "only this act, such as queueDelete")
    .option("--who <name>", "only of this operator, token, or user of the system")
    .option(
      "--limit <n>",
      `entries at most (default: ${usualLimit}; all with --json)`,
      countArgument,
    )
    .addHelpText("after", "\n--json prints one entry a line.")
    .addHelpText(
      "after",
      examples(
        "bailiwick audit --since 2d",
        "bailiwick audit --act queueDelete",
        "bailiwick audit --who ann --json | jq .act",
      ),
    )
    .action(async ({ config, json = false, since, act, who, limit }: AuditOptions) => {
      const filter: AuditFilter = {
        ...(since !== undefined && { since: systemClock.now() - since }),
        ...(act !== undefined && { act }),
        ...(who !== undefined && { who }),
      };
      const most = limit ?? (json ? Infinity : usualLimit);
      await withOperations(config, async (operations) => {
        let found = 0;
        for await (const page of pages(operations, filter, most)) {
          found += page.length;
          const lines = page.map((entry) =>
            json ? `${JSON.stringify(entry)}\n` : describe(entry),
          );
          print(lines.join(""));
        }
        if (found === 0 && !json) print("Nothing was done.\n");
        if (found === most) process.stderr.write("There may be more; --limit shows more.\n");
      });
    });
}

async function* pages(
  operations: Operations,
  filter: AuditFilter,
  most: number,
): AsyncGenerator<readonly AuditEntry[]> {
  let wanted = filter;
  for (let left = most; left > 0;) {
    const page = await operations.auditList(wanted, Math.min(left, pageSize));
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    wanted = { ...filter, before: last.id };
    left -= page.length;
  }
}

/** What was done may hold anything that somebody typed: nothing of it steers the terminal. */
function describe({ at, via, who, client, act, node, error, ...entry }: AuditEntry): string {
  const from = client === undefined ? "" : ` from ${client}`;
  const given = printable(JSON.stringify(entry.arguments));
  return (
    `${formatTime(at)}  ${act} by ${printable(who)} (${via}${from}, on ${node})\n` +
    (given === "{}" ? "" : wrap(given, 4)) +
    (error === undefined ? "" : wrap(`refused: ${printable(error)}`, 4))
  );
}
