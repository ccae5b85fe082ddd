// Sockets that systemd bound for us and passed on (sd_listen_fds(3)): so the program needs no right
// to bind port 25, and clients wait instead of being refused while it restarts.

import type { ListenerSettings } from "../../core/config/settings.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { ListenPlan } from "./listener.ts";

export interface InheritedSocket {
  readonly descriptor: number;
  /** From `FileDescriptorName=` of the socket unit; by default that unit's own name. */
  readonly name: string;
}

/** The first descriptor that is passed on. */
const firstDescriptor = 3;

/** Takes the inherited sockets out of the environment, so that no child takes them for its own.
 * None, if they were meant for another process than `pid`. */
export function takeInheritedSockets(
  environment: NodeJS.ProcessEnv,
  pid: number,
): readonly InheritedSocket[] {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = "" } = environment;
  delete environment["LISTEN_PID"];
  delete environment["LISTEN_FDS"];
  delete environment["LISTEN_FDNAMES"];
  if (LISTEN_PID !== String(pid)) return [];
  const names = LISTEN_FDNAMES.split(":");
  return Array.from({ length: Number(LISTEN_FDS) || 0 }, (_, index) => ({
    descriptor: firstDescriptor + index,
    name: names[index] ?? "",
  }));
}

/** Which sockets to open: a listener that has inherited ones opens those, and none of its configured
 * endpoints. Sockets belong to the listener that has their name; where none has any listener's name,
 * all belong to a single listener, or one to each in the order of the configuration. */
export function planListeners(
  listeners: readonly ListenerSettings[],
  sockets: readonly InheritedSocket[],
): Result<readonly ListenPlan[], string> {
  const owners = sockets.map(ownerFinder(listeners, sockets));
  const stray = sockets.find((_, index) => owners[index] === undefined);
  if (stray !== undefined) return bad(describeStray(stray, listeners));
  const plan = listeners.flatMap((listener): readonly ListenPlan[] => {
    const own = sockets.filter((_, index) => owners[index] === listener);
    if (own.length > 0) return own.map(({ descriptor }) => ({ listener, socket: { descriptor } }));
    return listener.listen.map((endpoint) => ({ listener, socket: { endpoint } }));
  });
  return good(plan);
}

type FindOwner = (socket: InheritedSocket, index: number) => ListenerSettings | undefined;

function ownerFinder(
  listeners: readonly ListenerSettings[],
  sockets: readonly InheritedSocket[],
): FindOwner {
  const byName = new Map(listeners.map((listener) => [listener.name, listener]));
  if (sockets.some(({ name }) => byName.has(name))) return ({ name }) => byName.get(name);
  return listeners.length === 1 ? () => listeners[0] : (_, index) => listeners[index];
}

function describeStray(
  { descriptor, name }: InheritedSocket,
  listeners: readonly ListenerSettings[],
): string {
  const known = listeners.map((listener) => listener.name).join(", ");
  return (
    `systemd passed the socket "${name}" (descriptor ${descriptor}), which belongs to no listener; ` +
    `set FileDescriptorName= in its socket unit to the name of one: ${known}`
  );
}
