// Where addresses are rewritten on the way to us, strangers come from the gateway's own address: a
// network that contains it may contain everyone.

import { formatIp } from "../../../mail/ip.ts";
import type { Finding } from "../finding.ts";
import { addressBits } from "../../../mail/ip-number.ts";
import { admittedTo, type Admission } from "../admitted.ts";
import { isAcknowledged } from "../lines.ts";
import type { Gateway, Surroundings } from "../policy.ts";
import { contains, spaceOf } from "../space.ts";
import { isPrivate } from "../special-space.ts";
import type { Check } from "./check.ts";

export const findGateways: Check = ({ policy, surroundings, admissions }) => {
  const open = admittedTo(admissions, "mx");
  return surroundings.gateways
    .filter(({ address }) => contains(open, address))
    .filter((gateway) => !isAcknowledged(prefixOf(gateway), policy.acknowledged))
    .map((gateway) => complaint(gateway, surroundings, admissions));
};

function complaint(
  gateway: Gateway,
  surroundings: Surroundings,
  admissions: readonly Admission[],
): Finding {
  const place = admissions.find(({ space }) => contains(space, gateway.address))?.place;
  const address = formatIp(gateway.address);
  return {
    severity: hidesStrangers(gateway, surroundings) ? "problem" : "warning",
    kind: "gateway",
    ...(place && { place }),
    space: spaceOf([prefixOf(gateway)]),
    text:
      `this lets ${address} relay, which is ${describe(gateway, surroundings)}; list only the ` +
      `addresses of your own clients, or, if strangers never come from there, add "${address}" to ` +
      "relay.acknowledge",
  };
}

/** Container engines give their networks private addresses, and rewrite what comes in from outside.
 * A public gateway routes. At home the router is in the same network as the clients, as it must be;
 * it rewrites the addresses of those only who come back in through its own public address. */
function hidesStrangers(gateway: Gateway, { inContainer }: Surroundings): boolean {
  return inContainer && gateway.kind === "default-gateway" && isPrivate(prefixOf(gateway));
}

function describe({ kind, device }: Gateway, { inContainer }: Surroundings): string {
  switch (kind) {
    case "default-gateway":
      return inContainer
        ? `the gateway of this container (${device}): with NAT in between all the world arrives from there`
        : `the default gateway (${device}): if it rewrites addresses, strangers arrive from there`;
    case "bridge":
      return `this host's own address on the container network ${device}: what a container's port forwarder passes on may come from there`;
    case "own-address":
      return `this container's own address (${device}): some port forwarders let all the world arrive from there`;
  }
}

function prefixOf({ address }: Gateway): { address: Gateway["address"]; length: number } {
  return { address, length: addressBits[address.version] };
}
