// Routes that no mail ever takes.

import { everyDomain, type RouteKeys, takesAllOf } from "../routes/route-keys.ts";
import type { Contradiction, LineOf } from "./contradictions.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import { domainOf } from "./values/name.ts";

type Route = ConfigurationFile["routes"][number];

/** Routes are for domains that are not ours, and the first that fits counts. */
export function findRouteContradictions(
  { domains, routes }: ConfigurationFile,
  lineOf: LineOf,
): readonly Contradiction[] {
  const ours = new Map(Object.keys(domains).map((name) => [domainOf(name), name]));
  return routes.flatMap((route, index) => {
    const path = ["routes", index];
    const keys = keysOf(route);
    const listed = ours.get(keys.to);
    if (listed !== undefined) {
      const line = lineOf(["domains", listed]);
      return [{ path, text: `line ${line} says already where mail for ${keys.to} goes; keep one` }];
    }
    const first = routes.slice(0, index).findIndex((other) => takesAllOf(keysOf(other), keys));
    if (first === -1) return [];
    const line = lineOf(["routes", first]);
    return [
      { path, text: `the route on line ${line} takes this mail already; put this one first` },
    ];
  });
}

function keysOf({ to = everyDomain, from, account }: Route): RouteKeys {
  return { to, ...(from !== undefined && { from }), ...(account !== undefined && { account }) };
}
