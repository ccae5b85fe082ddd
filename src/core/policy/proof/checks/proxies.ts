// Behind a proxy the client's address is what the proxy says. Only a listed proxy may say it, and
// the proxy's own address must grant nothing.

import { formatPrefix } from "../../../mail/ip.ts";
import type { Finding } from "../finding.ts";
import { admittedTo } from "../admitted.ts";
import type { ProvenListener } from "../policy.ts";
import { isEmpty, nowhere, overlap, type Space, spaceOf } from "../space.ts";
import { describeSpace } from "../words.ts";
import type { Check } from "./check.ts";

export const findProxies: Check = ({ policy, admissions }) => {
  const open = admittedTo(admissions, "mx");
  return policy.listeners.flatMap((listener) => {
    if (listener.proxies === undefined) return [];
    if (listener.proxies.length === 0) return [complaint(listener, "no-proxies", nowhere)];
    return listener.proxies.flatMap((proxy) => {
      const space = overlap(open, spaceOf([proxy]));
      return isEmpty(space) ? [] : [complaint(listener, "proxy", space, formatPrefix(proxy))];
    });
  });
};

function complaint(
  { name, place }: ProvenListener,
  kind: "proxy" | "no-proxies",
  space: Space,
  proxy = "",
): Finding {
  return {
    severity: "problem",
    kind,
    ...(place && { place }),
    space,
    text:
      kind === "no-proxies"
        ? `the listener ${name} takes the PROXY protocol from anyone, so that any client may claim any address; list the addresses of your proxies`
        : `the listener ${name} has the proxy ${proxy}, and ${describeSpace(space)} of it may relay: all the world arrives from there; take it out of the networks that may relay`,
  };
}
