// Whose are the ports of the configuration?

import { judgePorts, type PortFact, type PortState } from "../../../core/doctor/ports.ts";
import type { Endpoint } from "../../../core/config/settings.ts";
import {
  listeningAt,
  listeningOn,
  type Owner,
  ownersOf,
} from "../../../io/doctor/socket-owners.ts";
import { tryPort } from "../../../io/doctor/try-port.ts";
import { controlPath } from "../../operator.ts";
import type { Check } from "../check.ts";
import type { Look } from "../look.ts";

export const ports: Check = {
  topic: "ports",
  async run(look) {
    const server = look.serverRuns
      ? await ownersOf(await listeningAt(controlPath(look.settings)))
      : [];
    const all = look.settings.listeners.flatMap(({ name, listen }) =>
      listen.filter(({ port }) => port !== 0).map((endpoint) => ({ listener: name, endpoint })),
    );
    const found: PortFact[] = [];
    for (const each of all) {
      // One after the other: two listeners may be meant for one port by mistake.
      // oxlint-disable-next-line no-await-in-loop
      found.push({ ...each, state: await stateOf(each.endpoint, look, server) });
    }
    const { serverRuns, isRoot, settings } = look;
    const mayStartAsRoot = !isRoot && settings.user !== undefined;
    return judgePorts({ ports: found, serverRuns, mayStartAsRoot });
  },
};

async function stateOf(
  endpoint: Endpoint,
  { serverRuns }: Look,
  server: readonly Owner[],
): Promise<PortState> {
  const tried = await tryPort(endpoint);
  if (tried.kind !== "taken") return tried;
  const owners = await ownersOf(await listeningOn(endpoint.port));
  const isServers = owners.some(({ pid }) => server.some((one) => one.pid === pid));
  // Whose sockets we may not see, we may not see of the server either.
  if (isServers || (serverRuns && owners.length === 0)) return { kind: "own" };
  const [first] = owners;
  if (first !== undefined && owners.every(isManager)) return { kind: "kept" };
  return { kind: "taken", by: first && `${first.name} (process ${first.pid})` };
}

/** In a container the first process may be any program. */
function isManager({ pid, name }: Owner): boolean {
  return pid === 1 && name === "systemd";
}
