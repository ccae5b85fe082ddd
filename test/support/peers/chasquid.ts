// chasquid, which holds hosts to MTA-STS. What it knows of DKIM is a hook: dkimpy's tool signs there.

import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Cleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { startProgram } from "../program.ts";
import { temporaryFolder } from "../server.ts";
import { accepts } from "./loopback.ts";
import { readMaildir } from "./maildir.ts";
import type { Peer, PeerRequest } from "./peer.ts";
import type { SigningKey } from "./signing-key.ts";

const password = "open sesame";

export async function startChasquid(cleanup: Cleanup, request: PeerRequest): Promise<Peer> {
  const { machine, address, hostname, authorities, users } = request;
  const folder = await temporaryFolder(cleanup);
  await writeFiles(folder, request);
  for (const user of users) {
    const words = [`-C=${folder}`, "user-add", user, `--password=${password}`];
    const { code, stdout, stderr } = await runCommand("chasquid-util", words);
    if (code !== 0) throw new Error(`chasquid has no user ${user}: ${stdout}${stderr}`);
  }
  const program = [...machine, "env", `SSL_CERT_FILE=${authorities}`, "chasquid"] as const;
  const ready = () => accepts({ host: address, port: 465 });
  await startProgram(cleanup, [...program, `-config_dir=${folder}`], ready);
  return {
    mail: () => readMaildir(join(folder, "box")),
    async send({ from, to, content }) {
      const transport = createTransport({
        host: address,
        port: 465,
        secure: true,
        auth: { user: from, pass: password },
        tls: { servername: hostname, ca: await readFile(authorities) },
      });
      await transport.sendMail({ envelope: { from, to }, raw: content });
      transport.close();
    },
    log: () => readFile(join(folder, "log"), "utf8").catch(() => ""),
  };
}

async function writeFiles(folder: string, request: PeerRequest): Promise<void> {
  const { address, hostname, domains, certificate } = request;
  const certificates = join(folder, "certs", hostname);
  const domainFolders = domains.map((domain) => join(folder, "domains", domain));
  const mailFolders = ["data", "box/new", "hooks"].map((name) => join(folder, name));
  for (const name of [certificates, ...domainFolders, ...mailFolders]) {
    await mkdir(name, { recursive: true });
  }
  await writeFile(join(certificates, "fullchain.pem"), certificate.cert);
  await writeFile(join(certificates, "privkey.pem"), certificate.key, { mode: 0o600 });
  const box = join(folder, "box");
  const delivery = await writeScript(join(folder, "deliver"), [
    `cat >${box}/$$ && mv ${box}/$$ ${box}/new`,
  ]);
  await writeFile(join(folder, "dkim.pem"), request.signsWith.key, { mode: 0o600 });
  await writeScript(join(folder, "hooks/post-data"), signing(folder, request.signsWith));
  const configuration = {
    hostname,
    smtp_address: `${address}:25`,
    submission_over_tls_address: `${address}:465`,
    data_dir: join(folder, "data"),
    mail_log_path: join(folder, "log"),
    mail_delivery_agent_bin: delivery,
  };
  const lines = Object.entries(configuration).map(([key, value]) => `${key}: "${value}"\n`);
  await writeFile(join(folder, "chasquid.conf"), lines.join(""));
}

/** Whoever logs in gets a signature: what the hook prints becomes the message's first fields. */
function signing(folder: string, { domain, selector }: SigningKey): readonly string[] {
  const signer = `dkimsign ${selector} ${domain} ${folder}/dkim.pem`;
  return [
    '[ -n "$AUTH_AS" ] || exit 0',
    `sed 's/\\r*$/\\r/' | ${signer} | awk 'NR > 1 && !/^[ \\t]/ { exit } { print }' | tr -d '\\r'`,
  ];
}

async function writeScript(file: string, lines: readonly string[]): Promise<string> {
  await writeFile(file, ["#!/bin/sh", ...lines, ""].join("\n"));
  await chmod(file, 0o755);
  return file;
}
