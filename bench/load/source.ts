// Postfix's smtp-source: the clients. Written in C, without pipelining, and the same for every server.
import type { Address } from "../servers/server.ts";
import type { Workspace } from "../workspace.ts";

/** Whether a client opens a connection for each message or keeps one for all of its messages. */
export type Connections = "one each" | "kept";

export interface Load {
  readonly connections: Connections;
  /** Clients at once. */
  readonly sessions: number;
  readonly messages: number;
  /** Octets of message text, headers not counted. */
  readonly octets: number;
}

/** Sends it all; resolves when the last reply has come. Throws when any reply was not the hoped-for one. */
export async function send(
  workspace: Workspace,
  address: Address,
  load: Load,
  timeoutMs: number,
): Promise<void> {
  const child = workspace.spawn({ command: "smtp-source", args: sourceArguments(address, load) });
  const timer = setTimeout(() => void child.stop(0), timeoutMs);
  const status = await child.exited;
  clearTimeout(timer);
  if (status !== 0) {
    throw new Error(`smtp-source ended with ${status}: ${child.output() || "no message"}`);
  }
}

function sourceArguments({ host, port }: Address, load: Load): readonly string[] {
  const { connections, sessions, messages, octets } = load;
  const envelope = "-M client.bench.example -f sender@bench.example -t recipient@sink.example";
  const amount = `-s ${sessions} -m ${messages} -l ${octets}`;
  const options = `${connections === "kept" ? "-d " : ""}${amount} ${envelope}`;
  return [...options.split(" "), `${host}:${port}`];
}
