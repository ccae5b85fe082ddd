// In a container, strangers may come from the gateway's address: played in a network namespace with
// the routes, the bridge and the mark of a real one.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../support/command.ts";
import { startBailiwick, temporaryFolder } from "../../support/server.ts";

const program = fileURLToPath(new URL("../../../bin/bailiwick", import.meta.url));

const asInContainer = [
  "unshare",
  "--net",
  "--mount",
  "sh",
  "-ec",
  `mount -t tmpfs tmpfs /run
touch /run/.containerenv
ip link set lo up
ip link add eth0 type veth peer name outside
ip addr add 172.17.0.2/16 dev eth0
ip link set outside up
ip link set eth0 up
ip route add default via 172.17.0.1
ip link add docker0 type bridge
ip addr add 172.18.0.1/16 dev docker0
ip link set docker0 up
exec "$@"`,
  "sh",
] as const;

async function whyNoNamespaces(): Promise<string | false> {
  if (process.env["CI"] !== undefined) return false;
  const [unshare, ...words] = asInContainer;
  const made = await runCommand(unshare, [...words, "true"]).catch(() => undefined);
  return made?.code !== 0 && "namespaces with their own network need root, unshare and ip";
}

function configuration(networks: readonly string[], acknowledge: readonly string[] = []): string {
  const relay = { networks, acknowledge };
  const listeners = { mx: { role: "mx", listen: ["127.0.0.1:0"] } };
  return JSON.stringify({ hostname: "mail.example.org", listeners, relay });
}

test("the gateway of a container", { skip: await whyNoNamespaces() }, async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "bailiwick.yaml");
  const run = async (command: string, text: string) => {
    await writeFile(file, text);
    const [unshare, ...words] = asInContainer;
    return runCommand(unshare, [...words, program, command, "-c", file]);
  };

  await t.test("must not relay: the server does not start", async () => {
    const { code, stdout, stderr } = await run("start", configuration(["172.16.0.0/12"]));
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^\S+bailiwick\.yaml:1:\d+: this lets 172\.17\.0\.1 relay, which is the gateway of this container \(eth0\)/m,
    );
  });

  await t.test("is no matter for networks that it is not in", async () => {
    const { code, stdout } = await run("check", configuration(["10.0.0.0/8", "172.17.0.7"]));
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /warning/);
  });

  await t.test("may be acknowledged; bridges and own addresses stay warnings", async () => {
    const text = configuration(["172.16.0.0/12"], ["172.17.0.1"]);
    const { code, stdout } = await run("check", text);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /172\.17\.0\.1 relay/);
    assert.match(stdout, /warning: this lets 172\.17\.0\.2 relay, which is this container's own/);
    assert.match(
      stdout,
      /warning: this lets 172\.18\.0\.1 relay, which is this host's own .*docker0/,
    );
    const server = await startBailiwick(t, { configuration: text, under: asInContainer });
    await server.untilLogged(({ event }) => event === "policy-warning");
    assert.equal(await server.stop(), 0);
  });
});
