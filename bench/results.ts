// What a run of the bench finds out: the shape of its JSON.
import type { Connections } from "./load/source.ts";
import type { Machine } from "./machine.ts";
import type { ServerName } from "./servers/server.ts";
import type { Spread } from "./statistics.ts";

export interface Results {
  readonly machine: Machine;
  readonly servers: readonly ServerFacts[];
  readonly throughput: readonly Throughput[];
  readonly idle: readonly Idle[];
  readonly large: readonly Large[];
}

export type ServerFacts =
  | {
      readonly name: ServerName;
      readonly measured: true;
      readonly version: string;
      readonly setup: string;
    }
  | { readonly name: ServerName; readonly measured: false; readonly why: string };

/** Rates in messages a second. */
export interface Throughput {
  readonly server: ServerName;
  readonly connections: Connections;
  readonly sessions: number;
  /** Messages in each round. */
  readonly messages: number;
  /** Until the client has its last 250. */
  readonly accept: Spread;
  /** Until the sink has the last message. */
  readonly relay: Spread;
}

/** Memory in octets, PSS of all of the server's processes. */
export interface Idle {
  readonly server: ServerName;
  readonly connections: number;
  readonly memoryBefore: number;
  readonly memoryAfter: number;
}

/** One message: times in seconds, memory in octets. */
export interface Large {
  readonly server: ServerName;
  readonly octets: number;
  readonly accept: Spread;
  readonly relay: Spread;
  /** VmHWM of the processes, added up, just before the first message. */
  readonly memoryBefore: number;
  /** The same after the last one. */
  readonly memoryPeak: number;
}
