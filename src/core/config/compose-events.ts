// `relay.roaming.events` as the rest of the program sees it.

import type { ConfigurationFile } from "./schema/file.ts";
import type { RoamingEventSettings } from "./settings.ts";
import { placeOf, type Source } from "./source.ts";
import { resolvePath } from "./values/path.ts";

type WrittenEvents = NonNullable<ConfigurationFile["relay"]["roaming"]>["events"];

export function composeEvents(
  events: WrittenEvents,
  source: Source,
): { readonly events?: RoamingEventSettings } {
  if (events === undefined) return {};
  const domain = events["default-domain"];
  return {
    events: {
      secretFile: resolvePath(source.folder, events["secret-file"]),
      ...(domain !== undefined && { defaultDomain: domain }),
      place: placeOf(source, ["relay", "roaming", "events", "secret-file"]),
    },
  };
}
