// The network around this host, read from the kernel's tables: whether we run in a container, the
// default gateways, the bridges of container engines. What cannot be read is not there.

import { readFile, stat } from "node:fs/promises";
import { endianness, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { join } from "node:path";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import type { Gateway, Surroundings } from "../../core/policy/proof/policy.ts";
import { readIpv4Gateways, readIpv6Gateways } from "./routes.ts";

export interface SurroundingsOptions {
  /** Folder in which `proc`, `run` and `.dockerenv` are looked for: `/`, but for tests. */
  readonly root: string;
  readonly interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  readonly endianness: "BE" | "LE";
}

/** Of this host. */
export const hostSurroundings: SurroundingsOptions = {
  root: "/",
  interfaces: networkInterfaces,
  endianness: endianness(),
};

/** All addresses of this host. */
export function hostAddresses(interfaces: SurroundingsOptions["interfaces"]): readonly IpAddress[] {
  return Object.values(interfaces())
    .flatMap((addresses = []) => addresses)
    .flatMap(({ address }) => parseIp(address.split("%")[0] ?? "") ?? []);
}

/** Docker, Podman, Kubernetes (CNI), LXC and LXD, libvirt, nerdctl, systemd-nspawn. */
const bridge =
  /^(docker|br-[0-9a-f]{12}|podman|cni-?podman|cni|cbr|lxc(br)?|lxdbr|incusbr|virbr|nerdctl|ve-)/;

export async function readSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const { root, interfaces, endianness: order } = options;
  const [inContainer, ipv4, ipv6] = await Promise.all([
    isContainer(root),
    readText(join(root, "proc/net/route")),
    readText(join(root, "proc/net/ipv6_route")),
  ]);
  const routed = [...readIpv4Gateways(ipv4, order), ...readIpv6Gateways(ipv6)];
  const gateways: Gateway[] = routed.map((route) => ({ ...route, kind: "default-gateway" }));
  for (const [device, addresses = []] of Object.entries(interfaces())) {
    const kind = bridge.test(device) ? "bridge" : "own-address";
    if (kind === "own-address" && !inContainer) continue;
    gateways.push(...ownAddresses(device, addresses, kind));
  }
  return { inContainer, gateways: withoutRepetition(gateways) };
}

function ownAddresses(
  device: string,
  addresses: readonly NetworkInterfaceInfo[],
  kind: Gateway["kind"],
): readonly Gateway[] {
  return addresses
    .filter(({ internal }) => !internal)
    .flatMap(({ address: text }) => {
      const address = parseIp(text.split("%")[0] ?? "");
      return address === undefined ? [] : [{ address, kind, device }];
    });
}

/** One address is told of once, as the first that it is. */
function withoutRepetition(gateways: readonly Gateway[]): readonly Gateway[] {
  const seen = new Map(gateways.toReversed().map((each) => [formatIp(each.address), each]));
  return gateways.filter((each) => seen.get(formatIp(each.address)) === each);
}

/** By the marks that Docker, Podman and systemd leave, or by the control group's name. */
async function isContainer(root: string): Promise<boolean> {
  const marks = [".dockerenv", "run/.containerenv", "run/systemd/container"];
  const found = await Promise.all(marks.map((mark) => exists(join(root, mark))));
  if (found.includes(true)) return true;
  const groups = await readText(join(root, "proc/1/cgroup"));
  return /[/:](docker|kubepods|libpod|lxc|machine\.slice\/libpod|garden|containerd)\b/.test(groups);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function readText(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
