// OpenDKIM, the milter that signs and verifies for Postfix.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { freePort } from "../free-port.ts";
import { startProgram } from "../program.ts";
import { temporaryFolder } from "../server.ts";
import { accepts } from "./loopback.ts";
import type { PeerRequest } from "./peer.ts";

/** Returns the milter's address as Postfix writes it. */
export async function startOpenDkim(
  cleanup: Cleanup,
  { machine, resolver, hostname, signsWith }: PeerRequest,
  work: "sign" | "verify",
): Promise<string> {
  const folder = await temporaryFolder(cleanup);
  const write = async (name: string, lines: readonly string[]) => {
    await writeFile(join(folder, name), `${lines.join("\n")}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  const endpoint = { host: "127.0.0.1", port: await freePort() };
  const own = ["Syslog no", `Socket inet:${endpoint.port}@${endpoint.host}`];
  const lines = {
    // Our client is on this host, whose mail it would take for its own.
    verify: async () => [
      "Mode v",
      `AuthservID ${hostname}`,
      "InternalHosts 192.0.2.1",
      `ResolverConfiguration ${await write("unbound.conf", lookUps(resolver))}`,
    ],
    sign: async () => [
      "Mode s",
      `Domain ${signsWith.domain}`,
      `Selector ${signsWith.selector}`,
      `KeyFile ${await write("key.pem", [signsWith.key])}`,
      // The folder of temporary folders is anybody's.
      "RequireSafeKeys no",
    ],
  };
  const configuration = await write("opendkim.conf", [...own, ...(await lines[work]())]);
  const words = [...machine, "opendkim", "-f", "-x", configuration] as const;
  await startProgram(cleanup, words, () => accepts(endpoint));
  return `inet:${endpoint.host}:${endpoint.port}`;
}

/** It is its own resolver, by Unbound's library, which knows that there is no `test.` */
function lookUps(resolver: string): readonly string[] {
  return [
    "server:",
    "  do-not-query-localhost: no",
    '  local-zone: "test." nodefault',
    "forward-zone:",
    '  name: "."',
    `  forward-addr: ${resolver}`,
  ];
}

/** Whether the message's signatures verify, by the tool that comes with it.
 * @param mail as read from a mailbox, octets as characters. */
export async function verifiesWithOpenDkim(
  { machine: [command, ...words] }: PeerRequest,
  mail: string,
): Promise<boolean> {
  const octets = Buffer.from(mail.replaceAll(/\r?\n/g, "\r\n"), "latin1");
  const { code, stderr } = await runCommand(command, [...words, "opendkim-testmsg"], octets);
  if (code !== 0 && !stderr.includes("Bad signature")) throw new Error(stderr);
  return code === 0;
}
