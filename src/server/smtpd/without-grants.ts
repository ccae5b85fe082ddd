// The facts about a client whose address is a proxy's: all the world comes from there, so that
// nothing which is said of the address may let the client in.

import { known } from "../../core/policy/fact.ts";
import type { AccessFact } from "../../core/policy/request.ts";
import type { FactSources } from "./facts.ts";

/** The same sources, of which none grants anything by address. What they refuse is refused. */
export function withoutGrants(sources: FactSources): FactSources {
  return {
    ...sources,
    access(asked) {
      const found = sources.access(asked);
      return found instanceof Promise ? found.then(withoutRights) : withoutRights(found);
    },
    grant: () => known({ kind: "none" }),
    furtherGrant: undefined,
  };
}

function withoutRights(access: AccessFact): AccessFact {
  if (!access.known || access.value.access === "deny") return access;
  return known({ ...access.value, relay: false, skipsBlocklists: false });
}
