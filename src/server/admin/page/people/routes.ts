// `/people` and below.

import type { Route } from "../../http/route.ts";
import type { PageParts } from "../page-parts.ts";
import { accountRoutes } from "./account-routes.ts";
import { addressRoutes } from "./address-routes.ts";
import { banRoutes } from "./ban-routes.ts";
import { domainRoutes } from "./domain-routes.ts";
import { forwardRoutes } from "./forward-routes.ts";
import { grantRoutes } from "./grant-routes.ts";

export function peopleRoutes(parts: PageParts): readonly Route[] {
  return [
    accountRoutes,
    addressRoutes,
    domainRoutes,
    forwardRoutes,
    grantRoutes,
    banRoutes,
  ].flatMap((routes) => routes(parts));
}
