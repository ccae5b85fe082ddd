// Gives a command the operations: those of the running server, or the store's own where none runs.

import { join } from "node:path";
import type { Settings } from "../core/config/settings.ts";
import type { Operations } from "../server/admin/operations.ts";
import { loadSettings } from "./configuration.ts";
import type { ServerOperations } from "../server/admin/server-operations.ts";
import { connectOperations } from "./control.ts";
import { ConfigurationError } from "./errors.ts";

export function controlPath({ data }: Settings): string {
  return join(data, "control.sock");
}

/** Who answered a command: the server that runs, or the configuration and the store themselves. */
export type Answerer = "server" | "files";

/** Runs `act` on the server's operations, or on the store, which is let go again. */
export async function withOperations<Result>(
  config: string | undefined,
  act: (operations: Operations, answerer: Answerer, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(config);
  const remote = await connectOperations(controlPath(settings));
  if (remote !== undefined) return act(remote, "server", settings);
  // Loaded here alone: it is most of the server, which nobody needs beside one that runs.
  const { withLocalOperations } = await import("./local-operator.ts");
  return withLocalOperations(settings, (operations) => act(operations, "files", settings));
}

/** The operations of the running server alone. */
export async function requireServer(config: string | undefined): Promise<ServerOperations> {
  const settings = await loadSettings(config);
  const path = controlPath(settings);
  const remote = await connectOperations(path);
  if (remote !== undefined) return remote;
  throw new ConfigurationError(
    `no server is running on ${settings.data} (${path} does not answer)`,
  );
}
