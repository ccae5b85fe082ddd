// chasquid, which holds hosts to MTA-STS. Debian's version knows nothing of DKIM.

import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Cleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { startProgram } from "../program.ts";
import { temporaryFolder } from "../server.ts";
import { readMaildir } from "./maildir.ts";
import type { Peer, PeerRequest } from "./peer.ts";

const password = "open sesame";

/** @param users whom mail comes for, and who send. */
export async function startChasquid(
  cleanup: Cleanup,
  request: PeerRequest,
  users: readonly string[],
): Promise<Peer> {
  const { machine, address, hostname, authorities } = request;
  const folder = await temporaryFolder(cleanup);
  await writeFiles(folder, request);
  for (const user of users) {
    const words = [`-C=${folder}`, "user-add", user, `--password=${password}`];
    const { code, stdout, stderr } = await runCommand("chasquid-util", words);
    if (code !== 0) throw new Error(`chasquid has no user ${user}: ${stdout}${stderr}`);
  }
  const program = [...machine, "env", `SSL_CERT_FILE=${authorities}`, "chasquid"] as const;
  const ready = /Server listening on .*:465/;
  await startProgram(cleanup, [...program, `-config_dir=${folder}`, "-v=3"], ready);
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
  for (const name of ["data", "box/new", "hooks"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await mkdir(certificates, { recursive: true });
  await writeFile(join(certificates, "fullchain.pem"), certificate.cert);
  await writeFile(join(certificates, "privkey.pem"), certificate.key, { mode: 0o600 });
  for (const domain of domains) {
    await mkdir(join(folder, "domains", domain), { recursive: true });
  }
  const delivery = join(folder, "deliver");
  await writeFile(delivery, `#!/bin/sh\nname=${folder}/box/$$\ncat >$name && mv $name ${folder}/box/new\n`);
  await chmod(delivery, 0o755);
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
