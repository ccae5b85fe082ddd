// What this machine lets one suppose, for whoever would rather press Enter.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { hostname as systemHostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CertificateFiles, Listening } from "../../core/first-run/answers.ts";
import { type Domain, parseDomain } from "../../core/mail/domain.ts";
import { isLoopback, type Prefix, parseIp, prefixAround } from "../../core/mail/ip.ts";
import { isPrivate } from "../../core/policy/proof/special-space.ts";
import type { Surroundings } from "../../core/policy/proof/policy.ts";
import { hostSurroundings, readSurroundings } from "../../io/net/surroundings.ts";
import { withRightsOf } from "../../io/process/privileges.ts";
import { readKeyPair } from "../../io/tls/key-pair.ts";
import { findUser } from "../../io/process/user.ts";

export interface Suggestions {
  /** Loopback; nothing in a container, where strangers may come from there. */
  readonly itself: readonly Prefix[];
  /** Private networks that this machine has an address in, each as wide as there. */
  readonly neighbours: readonly { readonly prefix: Prefix; readonly device: string }[];
  /** Where root's files go, or `.`. */
  readonly directory: string;
  readonly data: string;
  readonly user: string | undefined;
  readonly listening: Listening;
}

/** Who may not listen on ports below 1024 gets these on top. */
const offsetWithoutRoot = 2_000;
const usualUser = "bailiwick";

export async function suggest(): Promise<Suggestions> {
  const isRoot = process.geteuid?.() === 0;
  const surroundings = await readSurroundings(hostSurroundings);
  return {
    itself: surroundings.inContainer ? [] : loopback(),
    neighbours: neighbours(surroundings),
    directory: isRoot ? "/etc/bailiwick" : ".",
    data: isRoot ? "/var/lib/bailiwick" : "data",
    user: isRoot && hasUser(usualUser) ? usualUser : undefined,
    listening: {
      addresses: hasIpv6() ? ["0.0.0.0", "::"] : ["0.0.0.0"],
      offset: isRoot ? 0 : offsetWithoutRoot,
    },
  };
}

/** A full name of this machine, where it has one. May ask the DNS, for two seconds at most. */
export async function findFullName(): Promise<Domain | undefined> {
  const names = [systemHostname(), await askHostname()];
  return names
    .flatMap((name) => parseDomain(name) ?? [])
    .find((name) => name.includes(".") && !name.endsWith(".localdomain"));
}

/** The system knows by /etc/hosts or the DNS what it has no other call for. */
async function askHostname(): Promise<string> {
  const env = { PATH: "/usr/bin:/bin" };
  const said = promisify(execFile)("hostname", ["-f"], { env, timeout: 2_000 });
  return said.then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
}

function loopback(): readonly Prefix[] {
  return ["127.0.0.1", ...(hasIpv6() ? ["::1"] : [])].flatMap((text) => {
    const address = parseIp(text);
    return address === undefined ? [] : [prefixAround(address, address.octets.length * 8)];
  });
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses = []) =>
    addresses.some(({ family }) => family === "IPv6"),
  );
}

/** Without those in which strangers may seem to come from a gateway. */
function neighbours({ gateways, inContainer }: Surroundings): Suggestions["neighbours"] {
  if (inContainer) return [];
  const bridges = new Set(
    gateways.filter(({ kind }) => kind === "bridge").map(({ device }) => device),
  );
  return Object.entries(networkInterfaces())
    .filter(([device]) => !bridges.has(device))
    .flatMap(([device, addresses = []]) =>
      addresses.flatMap(({ cidr }) => {
        const prefix = networkOf(cidr);
        return prefix === undefined ? [] : [{ prefix, device }];
      }),
    );
}

/** The interface's own network, never a wider one; undefined where it is public, or of no use. */
function networkOf(cidr: string | null): Prefix | undefined {
  const [text = "", length = ""] = (cidr ?? "").split("/");
  const address = parseIp(text);
  if (address === undefined || isLoopback(address) || /^fe80:/i.test(text)) return undefined;
  const prefix = prefixAround(address, Number(length));
  return isPrivate(prefix) ? prefix : undefined;
}

function hasUser(name: string): boolean {
  try {
    return findUser(name).userId !== 0;
  } catch {
    return false;
  }
}

export interface Certbots {
  readonly files: CertificateFiles;
  /** Whether the user that the server will be may read them: they are root's by default. */
  readonly isReadable: boolean;
}

/** What certbot has for the name, where it has anything. */
export async function findCertbot(
  hostname: Domain,
  user: string | undefined,
  live = "/etc/letsencrypt/live",
): Promise<Certbots | undefined> {
  const files = {
    certificate: join(live, hostname, "fullchain.pem"),
    key: join(live, hostname, "privkey.pem"),
  };
  const found = await Promise.all(Object.values(files).map((path) => stat(path).catch(() => null)));
  if (found.includes(null)) return undefined;
  const read = () => readKeyPair(files, undefined);
  const pair = await (user === undefined ? read() : withRightsOf(user, read));
  return { files, isReadable: pair.ok };
}
