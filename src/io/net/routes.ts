// Default gateways out of the kernel's routing tables, /proc/net/route and /proc/net/ipv6_route
// (proc(5)). Lines that are not as they should be are passed over.

import { type IpAddress, parseIp } from "../../core/mail/ip.ts";

export interface DefaultRoute {
  readonly address: IpAddress;
  readonly device: string;
}

/** RTF_GATEWAY of <linux/route.h>. */
const viaGateway = 0x2;

/** `byteOrder` is the kernel's own, in which it writes the addresses. */
export function readIpv4Gateways(table: string, byteOrder: "BE" | "LE"): readonly DefaultRoute[] {
  return rows(table).flatMap(([device = "", destination, gateway = "", flags = "", , , , mask]) => {
    const isDefault = destination === "00000000" && mask === "00000000";
    if (!isDefault || !isViaGateway(flags) || !/^[0-9A-Fa-f]{8}$/.test(gateway)) return [];
    const octets = [...Buffer.from(gateway, "hex")];
    if (byteOrder === "LE") octets.reverse();
    return [{ address: { version: 4, octets }, device }];
  });
}

export function readIpv6Gateways(table: string): readonly DefaultRoute[] {
  return rows(table).flatMap(
    ([destination, length, , , gateway = "", , , , flags = "", device]) => {
      const isDefault = destination === "0".repeat(32) && length === "00";
      if (!isDefault || !isViaGateway(flags) || !/^[0-9a-f]{32}$/i.test(gateway)) return [];
      const address = parseIp(gateway.replaceAll(/(.{4})(?!$)/g, "$1:"));
      return address === undefined ? [] : [{ address, device: device ?? "" }];
    },
  );
}

function isViaGateway(flags: string): boolean {
  return (Number.parseInt(flags, 16) & viaGateway) !== 0;
}

function rows(table: string): readonly (readonly string[])[] {
  return table.split("\n").map((line) => line.trim().split(/\s+/));
}
