// How long the client waits for the host at each stage (RFC 5321 §4.5.3.2).

import type { Stage } from "./failure.ts";
import type { ClientOutput } from "./session-values.ts";

const second = 1_000;
const minute = 60 * second;

function wait(stage: Stage, limit: number): ClientOutput {
  return { kind: "wait", stage, limit };
}

/** The output that starts the time of each stage, in ms. */
export const waits: Readonly<Record<Stage, ClientOutput>> = {
  greeting: wait("greeting", 5 * minute),
  hello: wait("hello", 5 * minute),
  starttls: wait("starttls", 2 * minute),
  handshake: wait("handshake", minute),
  login: wait("login", 2 * minute),
  reset: wait("reset", 5 * minute),
  mail: wait("mail", 5 * minute),
  recipient: wait("recipient", 5 * minute),
  data: wait("data", 2 * minute),
  content: wait("content", 3 * minute),
  final: wait("final", 10 * minute),
  // Nothing depends on the answer to QUIT.
  quit: wait("quit", 10 * second),
};
