// Are the ports free, or whose are they?

import { formatEndpoint } from "../config/values/endpoint.ts";
import type { Endpoint } from "../config/settings.ts";
import { listOf } from "../policy/proof/words.ts";
import { printable } from "../smtp/reply.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface PortFact {
  /** The listener's name in the configuration. */
  readonly listener: string;
  readonly endpoint: Endpoint;
  readonly state: PortState;
}

export type PortState =
  | { readonly kind: "free" }
  /** Our own running server has it. */
  | { readonly kind: "own" }
  /** The service manager holds it for a service that it starts (systemd.socket(5)). */
  | { readonly kind: "kept" }
  /** `by` is the program, where we may see it. */
  | { readonly kind: "taken"; readonly by: string | undefined }
  /** Ports below 1024 are not for this user. */
  | { readonly kind: "no-right" }
  /** No interface has the address, or the machine has no IPv6. */
  | { readonly kind: "no-address" }
  | { readonly kind: "unknown"; readonly why: string };

export interface PortFacts {
  readonly ports: readonly PortFact[];
  /** A server runs with this configuration. */
  readonly serverRuns: boolean;
  /** The user that the server would be started as may be another one than this command's. */
  readonly mayStartAsRoot: boolean;
}

export function judgePorts({ ports, serverRuns, mayStartAsRoot }: PortFacts): readonly Finding[] {
  const whereIs = (kind: PortState["kind"]) => namesOf(ports, kind);
  return [
    ...judgeFree(whereIs("free"), serverRuns),
    ...whereIs("own").map((where) => ok(`the running server listens on ${where}`)),
    ...whereIs("kept").map((where) =>
      ok(`systemd keeps ${where} for a socket unit, which is right where that is ours`),
    ),
    ...ports.flatMap(judgeTaken),
    ...whereIs("no-right").map((where) => withoutRight(where, mayStartAsRoot)),
    ...whereIs("no-address").map((where) =>
      problem(`this machine has no address to listen on ${where}`, {
        why: "the server does not start",
        remedy: "correct the address (`ip address` lists them), or listen on 0.0.0.0",
      }),
    ),
    ...ports.flatMap(judgeUnknown),
  ];
}

/** All that are in a state, in words; none where none is. */
function namesOf(ports: readonly PortFact[], kind: PortState["kind"]): readonly string[] {
  const own = ports.filter(({ state }) => state.kind === kind);
  const others = ports.filter(({ state }) => state.kind !== kind);
  const names = own.map((each) => {
    const isOnAll = each.endpoint.host === "0.0.0.0" || each.endpoint.host === "::";
    // The port alone says it all, unless the same port is in another state elsewhere.
    const isSaid = isOnAll && !others.some(({ endpoint }) => endpoint.port === each.endpoint.port);
    return isSaid ? `${each.endpoint.port} (${each.listener})` : nameOf(each);
  });
  return names.length === 0 ? [] : [listOf([...new Set(names)])];
}

function nameOf({ listener, endpoint }: Pick<PortFact, "listener" | "endpoint">): string {
  return `${formatEndpoint(endpoint)} (${listener})`;
}

function judgeFree(free: readonly string[], serverRuns: boolean): readonly Finding[] {
  return free.map((where) =>
    serverRuns
      ? warning(`a server runs, and does not listen on ${where}`, {
          why: "the configuration has changed since, or another one is served on the same data",
          remedy: "start the server anew: a reload opens no ports",
        })
      : ok(`free: ${where}`),
  );
}

function judgeTaken({ listener, endpoint, state }: PortFact): readonly Finding[] {
  if (state.kind !== "taken") return [];
  const who = state.by === undefined ? "another program" : printable(state.by);
  const see =
    state.by === undefined ? ` (\`ss -ltnp 'sport = :${endpoint.port}'\` as root says which)` : "";
  return [
    problem(`${nameOf({ listener, endpoint })} is taken by ${who}`, {
      why: "the server does not start",
      remedy: `stop that program${see} and keep it from starting again, or choose another port in \`listeners\``,
    }),
  ];
}

function withoutRight(where: string, mayStartAsRoot: boolean): Finding {
  const what = `this user may not listen on ${where}`;
  if (mayStartAsRoot) return ok(`${what}; whether they are free, root can tell`);
  return problem(what, {
    why: "ports below 1024 are for root, so the server does not start as this user",
    remedy:
      "start it as root with `user:` set, give the service CAP_NET_BIND_SERVICE, or choose higher ports",
  });
}

function judgeUnknown({ listener, endpoint, state }: PortFact): readonly Finding[] {
  if (state.kind !== "unknown") return [];
  return [
    warning(`${nameOf({ listener, endpoint })} could not be tried: ${state.why}`, {
      remedy: "run `bailiwick doctor` again",
    }),
  ];
}
