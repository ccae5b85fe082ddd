// Which of the nodes that share a store are gone: those whose heartbeat stood still for a minute while
// we looked on. No clock but our own counts, and no time in which we saw nothing ourselves: when the
// database was away, everybody's heartbeat stood still.

interface NodeSign {
  readonly number: number;
  /** Changes while the node lives. */
  readonly heartbeat: number;
}

/** Milliseconds of silence. */
const goneAfter = 60_000;
/** Milliseconds between two looks after which we were away ourselves, and look anew. */
const longestGap = 20_000;

export interface SilentNodes {
  /** To be called every few seconds with all nodes but our own; returns those that are gone. */
  look<Sign extends NodeSign>(signs: readonly Sign[]): readonly Sign[];
}

/** @param elapsed monotonic milliseconds */
export function createSilentNodes(elapsed: () => number): SilentNodes {
  let seen = new Map<number, { readonly heartbeat: number; readonly since: number }>();
  let last = -Infinity;
  return {
    look(signs) {
      const at = elapsed();
      const before = at - last > longestGap ? new Map<number, never>() : seen;
      last = at;
      seen = new Map(
        signs.map(({ number, heartbeat }) => {
          const known = before.get(number);
          const since = known?.heartbeat === heartbeat ? known.since : at;
          return [number, { heartbeat, since }];
        }),
      );
      return signs.filter(({ number }) => at - (seen.get(number)?.since ?? at) >= goneAfter);
    },
  };
}
