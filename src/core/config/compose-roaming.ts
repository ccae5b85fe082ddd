// From the file's `relay.roaming` to its settings.

import { composeEvents } from "./compose-events.ts";
import { composeSecret } from "./compose-logins.ts";
import type { RelayTableSettings, RoamingLogSettings } from "./roaming-source-settings.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import type { RoamingSettings } from "./settings.ts";
import { placeOfKey, type Source } from "./source.ts";
import { resolvePath } from "./values/path.ts";

type WrittenRoaming = NonNullable<ConfigurationFile["relay"]["roaming"]>;

export function composeRoaming(written: WrittenRoaming, source: Source): RoamingSettings {
  const { events, "relay-table": table, logs, "shared-after": sharedAfter, ...rest } = written;
  return {
    ...rest,
    sharedAfter,
    ...composeEvents(events, source),
    ...(table !== undefined && { relayTable: composeTable(table, source) }),
    ...(logs.length > 0 && { logs: logs.map((log) => composeLog(log, source.folder)) }),
  };
}

function composeTable(
  written: NonNullable<WrittenRoaming["relay-table"]>,
  source: Source,
): RelayTableSettings {
  const { url, table, minutes, every, write } = written;
  return {
    ...url,
    password: composeSecret(written, source.folder),
    table,
    lifetime: minutes * 60_000,
    every,
    write,
    place: placeOfKey(source, ["relay", "roaming", "relay-table"]),
  };
}

/** The schema sees to it that there is one of format and pattern. */
function composeLog(
  { file, format, pattern = "" }: WrittenRoaming["logs"][number],
  folder: string,
): RoamingLogSettings {
  const reads = format === undefined ? { pattern } : { format };
  return { file: resolvePath(folder, file), reads };
}
