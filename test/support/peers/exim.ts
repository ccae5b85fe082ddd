// Exim as Debian builds it, unpacked beside the system: its package and Postfix's exclude each other.
// It validates TLSA records, signs and verifies by itself.

import { chmod, chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { startProgram } from "../program.ts";
import { temporaryFolder } from "../server.ts";
import { eximConfiguration } from "./exim-configuration.ts";
import { accepts } from "./loopback.ts";
import { readMaildir } from "./maildir.ts";
import type { Peer, PeerRequest } from "./peer.ts";

/** Where `.ci/run` unpacks the package exim4-daemon-light. */
const unpacked = fileURLToPath(
  new URL("../../../node_modules/.cache/exim4/usr/sbin/exim4", import.meta.url),
);
/** It wants to be this user, who need not exist here. */
const user = "Debian-exim";
const nobody = 65_534;

/** Why a test with it is skipped; false where it runs. In CI nothing may be skipped. */
export function whyNoExim(): string | false {
  return process.env["CI"] === undefined && !existsSync(unpacked) && `${unpacked} is not there`;
}

/** The accounts of a machine on which it can run. */
export async function eximAccounts(): Promise<Readonly<Record<string, string>>> {
  const accounts = await readFile("/etc/passwd", "utf8");
  const groups = await readFile("/etc/group", "utf8");
  return {
    "/etc/passwd": `${user}:x:${nobody}:${nobody}::/nonexistent:/bin/false\n${accounts}`,
    "/etc/group": `${user}:x:${nobody}:\n${groups}`,
  };
}

export async function startExim(cleanup: Cleanup, request: PeerRequest): Promise<Peer> {
  const { machine, address, certificate, signsWith } = request;
  const folder = await temporaryFolder(cleanup);
  await chmod(folder, 0o755);
  // Its user may not enter the folder of whoever runs the tests.
  const program = join(folder, "exim");
  await copyFile(unpacked, program);
  for (const name of ["spool", "log", "box"]) {
    await mkdir(join(folder, name));
    await chown(join(folder, name), nobody, nobody);
  }
  const secrets = {
    "chain.pem": certificate.cert,
    "key.pem": certificate.key,
    "dkim.pem": signsWith.key,
  };
  for (const [name, text] of Object.entries(secrets)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    await chown(join(folder, name), nobody, nobody);
  }
  const configuration = join(folder, "exim.conf");
  await writeFile(configuration, eximConfiguration(folder, request));
  const daemon = [...machine, program, "-C", configuration, "-bdf", "-q30m"] as const;
  await startProgram(cleanup, daemon, () => accepts({ host: address, port: 25 }));
  return {
    mail: () => readMaildir(join(folder, "box")),
    async send({ from, to, content }) {
      const [command, ...words] = [...machine, program, "-C", configuration, "-oi", "-f", from, to];
      const text = content.replaceAll("\r\n", "\n");
      const { code, stdout, stderr } = await runCommand(command, words, text);
      if (code !== 0) throw new Error(`Exim takes no message: ${stdout}${stderr}`);
    },
    log: () => readFile(join(folder, "log", "mainlog"), "utf8").catch(() => ""),
  };
}
