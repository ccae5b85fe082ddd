// A server that has the TLS of ours and nothing behind it: it echoes.

import { once } from "node:events";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type Certificates, openCertificates } from "../../src/io/tls/certificates.ts";
import type { KeyPairFiles } from "../../src/io/tls/key-pair.ts";
import { secure } from "../../src/io/tls/secure.ts";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import type { Cleanup } from "./cleanup.ts";
import { type Endpoint, temporaryFolder } from "./server.ts";

export interface TlsServer extends Endpoint {
  readonly files: KeyPairFiles;
  readonly certificates: Certificates;
}

/** Begins with a self-signed certificate; looks at its files every second, as the real one does. */
export async function startTlsServer(cleanup: Cleanup): Promise<TlsServer> {
  const folder = join(await temporaryFolder(cleanup), "tls");
  await mkdir(folder);
  const files = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const made = makeSelfSigned({ names: ["mail.example.org"], now: Date.now() });
  await writeFile(files.certificate, made.certificate);
  await writeFile(`${files.key}.new`, made.key, { mode: 0o600 });
  await rename(`${files.key}.new`, files.key);
  const opened = await openCertificates({ files: [files], onTaken() {}, onRefused() {} });
  if (!opened.ok) throw new Error(opened.problem);
  const certificates = opened.value;
  certificates.watch(1000);
  const port = await serve(cleanup, certificates);
  cleanup.after(async () => certificates.stop());
  return { host: "127.0.0.1", port, files, certificates };
}

async function serve(cleanup: Cleanup, certificates: Certificates): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on("close", () => open.delete(socket)));
    socket.on("error", () => socket.destroy());
    const secured = secure(socket, { certificates, protocol: "smtp", asksForCertificate: true });
    secured.on("error", () => secured.destroy());
    secured.pipe(secured);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.after(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  return (server.address() as AddressInfo).port;
}
