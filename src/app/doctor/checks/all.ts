import type { Check } from "../check.ts";
import { blocklists } from "./blocklists.ts";
import { certificate } from "./certificate.ts";
import { clock } from "./clock.ts";
import { configuration } from "./configuration.ts";
import { disk } from "./disk.ts";
import { hostName } from "./host-name.ts";
import { networks } from "./networks.ts";
import { outbound } from "./outbound.ts";
import { ports } from "./ports.ts";
import { resolver } from "./resolver.ts";
import { reverseNames } from "./reverse-names.ts";
import { runtime } from "./runtime.ts";
import { smartHosts } from "./smart-hosts.ts";
import { user } from "./user.ts";

/** In the order in which they are told: from the program outwards. */
export const allChecks: readonly Check[] = [
  runtime,
  configuration,
  user,
  disk,
  clock,
  certificate,
  ports,
  networks,
  resolver,
  hostName,
  reverseNames,
  blocklists,
  smartHosts,
  outbound,
];
