import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite, test } from "node:test";
import { formatIp } from "../../core/mail/ip.ts";
import { readIpv4Gateways, readIpv6Gateways } from "./routes.ts";
import { hostSurroundings, readSurroundings, type SurroundingsOptions } from "./surroundings.ts";

const ipv4Table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
tun0	00000000	00000000	0001	0	0	0	00000000	0	0	0
`;
const zeros = "0".repeat(32);
const ipv6Table = `${zeros} 00 ${zeros} 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
fe800000000000000000000000000000 40 ${zeros} 00 ${zeros} 00000100 00000001 00000000 00000001     eth0
${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200       lo
`;

function gateways(found: readonly { address: Parameters<typeof formatIp>[0]; device: string }[]) {
  return found.map((each) => `${formatIp(each.address)} ${each.device}`);
}

suite("default gateways", () => {
  test("of IPv4, in the kernel's byte order", () => {
    assert.deepEqual(gateways(readIpv4Gateways(ipv4Table, "LE")), ["172.17.0.1 eth0"]);
    assert.deepEqual(gateways(readIpv4Gateways(ipv4Table, "BE")), ["1.0.17.172 eth0"]);
  });

  test("of IPv6", () => {
    assert.deepEqual(gateways(readIpv6Gateways(ipv6Table)), ["fd00::1 eth0"]);
  });

  test("are none in tables that are empty or something else", () => {
    for (const text of ["", "\n\n", "eth0 00000000", "x".repeat(10_000), "\u0000\u00ff 00 00"]) {
      assert.deepEqual(readIpv4Gateways(text, "LE"), []);
      assert.deepEqual(readIpv6Gateways(text), []);
    }
  });
});

const interfaces: SurroundingsOptions["interfaces"] = () => ({
  lo: [address("127.0.0.1", true)],
  eth0: [address("172.17.0.2"), address("fe80::2%eth0")],
  docker0: [address("172.18.0.1")],
});

function address(text: string, internal = false) {
  const common = { mac: "", internal, cidr: null, netmask: "" };
  return text.includes(":")
    ? { ...common, address: text, family: "IPv6" as const, scopeid: 0 }
    : { ...common, address: text, family: "IPv4" as const };
}

/** What is found in a folder with these files. */
async function find(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), "bailiwick-surroundings-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    }
    const found = await readSurroundings({ root, interfaces, endianness: "LE" });
    const told = found.gateways.map((each) => `${each.kind} ${formatIp(each.address)}`);
    return { inContainer: found.inContainer, gateways: told };
  } finally {
    await rm(root, { recursive: true });
  }
}

suite("surroundings", () => {
  const routes = { "proc/net/route": ipv4Table, "proc/net/ipv6_route": ipv6Table };

  test("of a host: its gateways, and bridges for containers", async () => {
    assert.deepEqual(await find({ ...routes, "proc/1/cgroup": "0::/init.scope\n" }), {
      inContainer: false,
      gateways: ["default-gateway 172.17.0.1", "default-gateway fd00::1", "bridge 172.18.0.1"],
    });
  });

  test("of a container: its own addresses, too", async () => {
    assert.deepEqual(await find({ ...routes, ".dockerenv": "" }), {
      inContainer: true,
      gateways: [
        "default-gateway 172.17.0.1",
        "default-gateway fd00::1",
        "own-address 172.17.0.2",
        "own-address fe80::2",
        "bridge 172.18.0.1",
      ],
    });
  });

  const marks: readonly (readonly [string, string])[] = [
    ["run/.containerenv", 'engine="podman-4.3.1"\n'],
    ["run/systemd/container", "systemd-nspawn\n"],
    ["proc/1/cgroup", "12:memory:/docker/0123456789abcdef\n"],
    ["proc/1/cgroup", "0::/kubepods.slice/kubepods-burstable.slice\n"],
    ["proc/1/cgroup", "4:devices:/lxc/mail\n"],
  ];
  for (const [file, content] of marks) {
    test(`${file} with ${content.trim()} is a container's`, async () => {
      assert.equal((await find({ [file]: content })).inContainer, true);
    });
  }

  test("that cannot be read are a host without gateways", async () => {
    assert.deepEqual(await find({}), { inContainer: false, gateways: ["bridge 172.18.0.1"] });
  });

  test("of this host can be read", async () => {
    const { gateways: found } = await readSurroundings(hostSurroundings);
    for (const { address: each } of found) assert.ok(formatIp(each) !== "127.0.0.1");
  });
});
