import assert from "node:assert/strict";
import { join } from "node:path";
import { callServer } from "../../src/io/control/client.ts";
import type { TestServer } from "./server.ts";

/** Calls an operation of a server that runs, much faster than a command does; the test fails where the
 * answer is no. */
export async function callOperation(
  { dataFolder }: Pick<TestServer, "dataFolder">,
  call: string,
  ...words: readonly unknown[]
): Promise<unknown> {
  const reply = await callServer(join(dataFolder, "control.sock"), { call, arguments: words });
  assert.ok(reply?.ok === true, `${call} ${JSON.stringify(words)}: ${JSON.stringify(reply)}`);
  return reply.value;
}
