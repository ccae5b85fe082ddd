// What all checks look at: the configuration, what is known of this machine, and ways to ask.

import { networkInterfaces } from "node:os";
import type { ConfigurationProblem } from "../../core/config/problem.ts";
import type { Settings } from "../../core/config/settings.ts";
import type { DeviceAddress } from "../../core/doctor/networks.ts";
import { isPublic } from "../../core/doctor/public-address.ts";
import { errorText } from "../../core/error-text.ts";
import { isLoopback, parseIp } from "../../core/mail/ip.ts";
import type { Surroundings } from "../../core/policy/proof/policy.ts";
import type { Proof } from "../../core/policy/proof/prove.ts";
import { everyDomain } from "../../core/routes/route-keys.ts";
import { serverListens } from "../../io/control/client.ts";
import { listeningAt } from "../../io/doctor/socket-owners.ts";
import { hostSurroundings, readSurroundings } from "../../io/net/surroundings.ts";
import type { Clock } from "../../io/process/clock.ts";
import { tryDataFolder } from "../../io/process/privileges.ts";
import { findUser } from "../../io/process/user.ts";
import { readAddressRules } from "../address-rules.ts";
import { controlPath } from "../operator.ts";
import { proveSettings } from "../proof.ts";
import { tryStartFiles } from "../start-files.ts";

export interface Look {
  readonly settings: Settings;
  /** The configuration's path. */
  readonly file: string;
  readonly clock: Clock;
  readonly isRoot: boolean;
  readonly proof: Proof;
  readonly surroundings: Surroundings;
  readonly files: FileLook;
  readonly serverRuns: boolean;
  /** This machine's, without loopback. */
  readonly addresses: readonly DeviceAddress[];
  /** Some mail goes to the MX hosts of its domain. */
  readonly sendsDirectly: boolean;
  /** Whose mail host is greeted; absent where that is not asked for. */
  readonly outbound: OutboundTarget | undefined;
}

export interface OutboundTarget {
  readonly domain: string;
  readonly port: number;
}

/** What the files say that a start reads, each trouble with its remedy. */
interface FileLook {
  readonly user: string | undefined;
  readonly dataFolder: string | undefined;
  readonly others: readonly string[];
  readonly warnings: readonly ConfigurationProblem[];
}

export interface LookOptions extends Pick<Look, "settings" | "file" | "clock" | "outbound"> {
  /** Files that are not there yet, and are no trouble. */
  readonly toCome?: readonly string[];
}

/** Looks at files as the user that the server works as, which nothing else may be at work beside.
 * @throws {ConfigurationError} where the address rules cannot be read, without which nothing is proven */
export async function prepareLook(options: LookOptions): Promise<Look> {
  const { settings, file, clock, outbound, toCome = [] } = options;
  const files = await lookAtFiles(settings, toCome);
  const { rules } = await readAddressRules(settings.relay.rules);
  return {
    settings,
    file,
    clock,
    outbound,
    files,
    isRoot: process.geteuid?.() === 0,
    proof: await proveSettings(settings, rules),
    surroundings: await readSurroundings(hostSurroundings),
    serverRuns: await serverRuns(controlPath(settings)),
    addresses: deviceAddresses(),
    sendsDirectly: sendsDirectly(settings),
  };
}

/** Whom the socket is closed to still sees in the kernel's table that somebody listens there. */
async function serverRuns(path: string): Promise<boolean> {
  return serverListens(path).catch(async () => (await listeningAt(path)).size > 0);
}

async function lookAtFiles(settings: Settings, toCome: readonly string[]): Promise<FileLook> {
  const { user, data } = settings;
  const ofUser = user === undefined ? undefined : await troubleOf(async () => findUser(user));
  if (ofUser !== undefined) {
    return { user: ofUser, dataFolder: undefined, others: [], warnings: [] };
  }
  const dataFolder = await troubleOf(() => tryDataFolder(data, user));
  const warnings: ConfigurationProblem[] = [];
  const all = await troubleOf(async () => warnings.push(...(await tryStartFiles(settings))));
  const others = (all ?? "")
    .split("\n")
    .filter((line) => line !== "" && line !== dataFolder)
    .filter((line) => !toCome.some((path) => line.includes(path)));
  return { user: undefined, dataFolder, others, warnings };
}

async function troubleOf(work: () => Promise<unknown>): Promise<string | undefined> {
  return work().then(() => undefined, errorText);
}

function deviceAddresses(): readonly DeviceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([device, addresses = []]) =>
    addresses.flatMap(({ address: text }) => {
      const address = parseIp(text.split("%")[0] ?? "");
      const isOfUse = address !== undefined && !isLoopback(address) && !/^fe80:/i.test(text);
      return isOfUse ? [{ address, device }] : [];
    }),
  );
}

export function publicOnes({
  addresses,
}: Pick<Look, "addresses">): readonly DeviceAddress["address"][] {
  return addresses.map(({ address }) => address).filter(isPublic);
}

/** Unless everything that no other route is for goes to a host by name. */
function sendsDirectly({ routes }: Settings): boolean {
  return routes.some(({ via }) => via === "mx") || !routes.some(isForAll);
}

function isForAll({ to, from, account }: Settings["routes"][number]): boolean {
  return to === everyDomain && from === undefined && account === undefined;
}
