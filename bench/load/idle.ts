// The bench's end of the process that holds idle connections.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Address } from "../servers/server.ts";
import type { OpenRequest } from "./idle-clients.ts";

export interface IdleClients {
  /** Has `count` connections open in all; throws when the server does not let it. */
  open(count: number): Promise<void>;
  close(): Promise<void>;
}

export function startIdleClients(address: Address): IdleClients {
  const child = fork(fileURLToPath(new URL("./idle-clients.ts", import.meta.url)));
  const { promise: exited, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  return {
    async open(count) {
      const answered = Promise.withResolvers<unknown>();
      child.once("message", answered.resolve);
      child.once("exit", () => answered.resolve("the process of the clients ended"));
      child.send({ address, count } satisfies OpenRequest);
      const answer = await answered.promise;
      if (answer !== count) throw new Error(`not ${count} connections: ${String(answer)}`);
    },
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
