// The addresses of this machine, and whether strangers may seem to come from one that may relay.

import type { Finding as ProofFinding } from "../policy/proof/finding.ts";
import type { Surroundings } from "../policy/proof/policy.ts";
import { listOf } from "../policy/proof/words.ts";
import { formatIp, type IpAddress } from "../mail/ip.ts";
import { formatPlace } from "../config/place.ts";
import { isPublic } from "./public-address.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface NetworkFacts {
  /** Of this machine, without loopback. */
  readonly addresses: readonly DeviceAddress[];
  readonly surroundings: Surroundings;
  /** All that the proof found. */
  readonly proof: readonly ProofFinding[];
}

export interface DeviceAddress {
  readonly address: IpAddress;
  readonly device: string;
}

/** What the proof finds of addresses behind which strangers may stand. */
const hiding: ReadonlySet<ProofFinding["kind"]> = new Set(["gateway", "proxy", "no-proxies"]);

export function isAboutNetworks({ kind }: Pick<ProofFinding, "kind">): boolean {
  return hiding.has(kind);
}

export function judgeNetworks({
  addresses,
  surroundings,
  proof,
}: NetworkFacts): readonly Finding[] {
  const found = proof.filter(isAboutNetworks);
  return [
    judgeAddresses(addresses),
    ...found.map(restate),
    ...(found.length === 0 ? describeGateways(surroundings) : []),
  ];
}

function judgeAddresses(addresses: readonly DeviceAddress[]): Finding {
  if (addresses.length === 0) {
    return warning("this machine has no address but its own loopback", {
      why: "nobody else can send mail here, and none can leave",
      remedy: "connect it to a network",
    });
  }
  const all = listOf(addresses.map(({ address, device }) => `${formatIp(address)} (${device})`));
  const isReached = addresses.some(({ address }) => isPublic(address));
  return ok(
    isReached
      ? `this machine has the addresses ${all}`
      : `this machine has the addresses ${all}, all of them private`,
  );
}

function restate({ severity, place, text }: ProofFinding): Finding {
  const line = place === undefined ? "" : `${formatPlace(place)}: `;
  const [what = text, remedy] = text.split("; ", 2);
  const advice = {
    why: "strangers could send to anybody through this server",
    ...(remedy !== undefined && { remedy: text.slice(what.length + 2) }),
  };
  return severity === "problem"
    ? problem(`${line}${what}`, advice)
    : warning(`${line}${what}`, advice);
}

/** Those from whose addresses strangers may seem to come. */
function describeGateways({ inContainer, gateways }: Surroundings): readonly Finding[] {
  const doubtful = gateways
    .filter(({ kind }) => kind !== "default-gateway" || inContainer)
    .filter(({ address }) => !isLinkLocal(address));
  if (doubtful.length === 0)
    return inContainer ? [ok("this is a container without a gateway")] : [];
  const all = listOf(doubtful.map(({ address, device }) => `${formatIp(address)} (${device})`));
  const where = inContainer ? "this is a container" : "there are containers here";
  return [
    ok(
      `${where}: strangers may seem to come from ${all}, and no network that may relay has that in it`,
    ),
  ];
}

/** RFC 4291 §2.5.6: nobody names one in a configuration. */
function isLinkLocal({ version, octets: [first, second = 0] }: IpAddress): boolean {
  return version === 6 && first === 0xfe && (second & 0xc0) === 0x80;
}
