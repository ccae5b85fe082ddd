// Debian's pebble: an ACME authority (RFC 8555) to test clients with, and certbot to ask it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freePort } from "./free-port.ts";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import type { Cleanup } from "./cleanup.ts";
import { type CommandResult, temporaryFolder } from "./server.ts";
import { waitUntil } from "./wait.ts";

export interface Pebble {
  /** PEM of the authority at the root of what it signs. */
  readonly root: string;
  /** Runs certbot with an own folder, as nobody's but this authority's client. */
  certbot(...words: readonly string[]): Promise<CommandResult>;
}

/** It validates names by HTTP at the address that the DNS server tells it, and takes no random rests. */
export async function startPebble(
  cleanup: Cleanup,
  dns: { readonly host: string; readonly port: number },
): Promise<Pebble> {
  const folder = await temporaryFolder(cleanup);
  const { certificate, key } = makeSelfSigned({ names: ["localhost"], now: Date.now() });
  const at = (name: string): string => join(folder, name);
  const [port, management, httpPort] = [await freePort(), await freePort(), await freePort()];
  const configuration = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: at("cert.pem"),
    privateKey: at("key.pem"),
    httpPort,
    tlsPort: 0,
  };
  await writeFile(at("cert.pem"), certificate);
  await writeFile(at("key.pem"), key);
  await writeFile(at("pebble.json"), JSON.stringify({ pebble: configuration }));
  await mkdir(at("certbot"));
  const resolver = `${dns.host}:${dns.port}`;
  const child = spawn("pebble", ["-config", at("pebble.json"), "-dnsserver", resolver], {
    env: { PATH: process.env["PATH"], PEBBLE_VA_NOSLEEP: "1" },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  cleanup.after(async () => {
    child.kill();
    await ended;
  });
  const root = await waitUntil("pebble answers", () => {
    if (child.exitCode !== null) throw new Error(`pebble ended with ${child.exitCode}`);
    return fetchText(`https://localhost:${management}/roots/0`, certificate);
  });
  const common = [
    "--non-interactive",
    `--server=https://localhost:${port}/dir`,
    ...["config", "work", "logs"].map((what) => `--${what}-dir=${at("certbot")}`),
    `--http-01-port=${httpPort}`,
    "--http-01-address=127.0.0.1",
  ];
  return {
    root,
    certbot: (...words) => run("certbot", [...words, ...common], at("cert.pem")),
  };
}

async function run(
  command: string,
  words: readonly string[],
  authorities: string,
): Promise<CommandResult> {
  const child = spawn(command, words, {
    env: { PATH: process.env["PATH"], REQUESTS_CA_BUNDLE: authorities },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { code: child.exitCode, stdout, stderr };
}

/** Undefined where nobody answers. */
function fetchText(url: string, ca: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false }, (response) => void text(response).then(resolve));
    request.once("error", () => resolve(undefined));
  });
}
