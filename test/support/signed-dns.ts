// The DNS as it is where zones are signed: Debian's knot, which signs and serves them, and Debian's
// unbound, which validates what it says. Both on loopback, on high ports, as whoever runs the test.

import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Certificate } from "./certificates.ts";
import type { Cleanup } from "./cleanup.ts";
import { freePort } from "./free-port.ts";
import { environment, startProgram } from "./program.ts";
import { type Endpoint, temporaryFolder } from "./server.ts";

export interface Zone {
  readonly name: string;
  /** Lines of a zone file, relative to the name; SOA and NS are there already. */
  readonly records: readonly string[];
  /** `none`: it is not signed. `wrong`: it is, but not by the key that the resolver trusts. */
  readonly signatures: "right" | "wrong" | "none";
}

export interface SignedDns {
  /** Validates. */
  readonly resolver: Endpoint;
}

const host = "127.0.0.1";
const run = promisify(execFile);

/** Resolves when both answer; they are stopped after the test.
 * @param at where the resolver is; on a free port by default. */
export async function startSignedDns(
  cleanup: Cleanup,
  zones: readonly Zone[],
  at?: Endpoint,
): Promise<SignedDns> {
  const folder = await temporaryFolder(cleanup);
  const authority = await startKnot(cleanup, folder, zones);
  const resolver = at ?? { host, port: await freePort() };
  await startUnbound(cleanup, folder, zones, authority, resolver);
  return { resolver };
}

/** The TLSA record by which a host shows the key of that certificate, and no other (RFC 6698 §2.1). */
export function tlsaOf(usage: number, { cert }: Certificate): string {
  const key = new X509Certificate(cert).publicKey.export({ format: "der", type: "spki" });
  return `TLSA ${usage} 1 1 ${createHash("sha256").update(key).digest("hex")}`;
}

/** A TXT record of any length. */
export function txtOf(text: string): string {
  const pieces = text.match(/.{1,255}/g) ?? [];
  return `TXT ${pieces.map((piece) => `"${piece}"`).join(" ")}`;
}

interface Authority extends Endpoint {
  /** What a resolver has to trust for a zone. */
  readonly anchor: (zone: string) => Promise<string>;
}

async function startKnot(
  cleanup: Cleanup,
  folder: string,
  zones: readonly Zone[],
): Promise<Authority> {
  const port = await freePort();
  const configuration = join(folder, "knot.conf");
  await Promise.all(["run", "db"].map((name) => mkdir(join(folder, name))));
  await Promise.all(
    zones.map(({ name, records }) => writeFile(join(folder, name), zoneFile(name, records))),
  );
  await writeFile(configuration, knotConfiguration(folder, port, zones));
  await startProgram(cleanup, ["knotd", "-c", configuration], /info: server started/);
  return {
    host,
    port,
    async anchor(zone) {
      const words = ["-c", configuration, zone, "ds"];
      const { stdout } = await run("keymgr", words, { env: environment });
      return stdout.split("\n").find((line) => / 13 2 /.test(line)) ?? "";
    },
  };
}

function zoneFile(name: string, records: readonly string[]): string {
  return [
    `$ORIGIN ${name}.`,
    "$TTL 60",
    "@ SOA ns hostmaster 1 3600 600 86400 60",
    "@ NS ns",
    `ns A ${host}`,
    ...records,
    "",
  ].join("\n");
}

function knotConfiguration(folder: string, port: number, zones: readonly Zone[]): string {
  return `
server:
    rundir: ${folder}/run
    listen: ${host}@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: ${folder}/db
    journal-db-max-size: 16M
    kasp-db-max-size: 16M
    timer-db-max-size: 1M
log:
  - target: stderr
    any: info
policy:
  - id: one-key
    algorithm: ecdsap256sha256
    single-type-signing: on
zone:
${zones.map(({ name, signatures }) => zoneEntry(folder, name, signatures !== "none")).join("")}`;
}

function zoneEntry(folder: string, name: string, isSigned: boolean): string {
  return `  - domain: ${name}
    file: ${folder}/${name}
    zonefile-sync: -1
    zonefile-load: ${isSigned ? "difference-no-serial" : "whole"}
${isSigned ? "    journal-content: all\n    dnssec-signing: on\n    dnssec-policy: one-key\n" : ""}`;
}

async function startUnbound(
  cleanup: Cleanup,
  folder: string,
  zones: readonly Zone[],
  authority: Authority,
  resolver: Endpoint,
): Promise<void> {
  const configuration = join(folder, "unbound.conf");
  const anchors = await Promise.all(
    zones
      .filter(({ signatures }) => signatures !== "none")
      .map(async ({ name, signatures }) => {
        const anchor = await authority.anchor(name);
        return signatures === "right" ? anchor : spoilt(anchor);
      }),
  );
  const text = unboundConfiguration(folder, resolver, zones, anchors, authority);
  await writeFile(configuration, text);
  await startProgram(cleanup, ["unbound", "-d", "-c", configuration], /start of service/);
}

/** The digest of some other key. */
function spoilt(anchor: string): string {
  return anchor.replace(/[0-9a-f]{8}$/, (end) => (end === "00000000" ? "11111111" : "00000000"));
}

function unboundConfiguration(
  folder: string,
  resolver: Endpoint,
  zones: readonly Zone[],
  anchors: readonly string[],
  authority: Endpoint,
): string {
  const stubs = zones.map(
    ({ name }) => `stub-zone:
    name: "${name}"
    stub-addr: ${authority.host}@${authority.port}
`,
  );
  return `
server:
    interface: ${resolver.host}
    port: ${resolver.port}
    num-threads: 1
    directory: "${folder}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    do-ip6: no
    do-not-query-localhost: no
    module-config: "validator iterator"
    local-zone: "test." nodefault
${anchors.map((anchor) => `    trust-anchor: "${anchor}"\n`).join("")}
remote-control:
    control-enable: no
${stubs.join("")}`;
}
