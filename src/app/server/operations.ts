// The operator's acts on a running server, each with the part that carries it out.

import { shortId } from "../../io/password/random-text.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import { createAccessOperations } from "../../server/admin/access-operations.ts";
import { createDecisionOperations } from "../../server/admin/decision-operations.ts";
import { endingSessions } from "../../server/admin/ending-sessions.ts";
import { heldHere } from "../../server/admin/held-here.ts";
import { createLocalOperations } from "../../server/admin/local-operations.ts";
import { createQueueOperations } from "../../server/admin/queue-operations.ts";
import type { Blocklists } from "../../server/blocklists/blocklists.ts";
import { createBlocklistOperations } from "../../server/blocklists/operations.ts";
import type { DecisionKeeper } from "../../server/decisions/keeper.ts";
import type { Queue } from "../../server/delivery/queue.ts";
import type { RoamingGrants } from "../../server/grants/roaming-grants.ts";
import type { ServerOperations } from "../../server/admin/server-operations.ts";
import { type Dkim, operateDkim } from "./dkim.ts";
import type { Policy } from "./policy.ts";
import type { Protection } from "./protection.ts";
import { withGrants } from "./roaming.ts";

export interface OperatedParts {
  readonly store: Store;
  /** The one that holds at the moment. */
  readonly policy: () => Policy;
  readonly decisions: DecisionKeeper;
  readonly protection: Protection;
  readonly grants: RoamingGrants;
  /** Ends the open sessions of an account, as `accountKey` has it. */
  readonly endSessions: (account: string) => void;
  readonly blocklists: { readonly current: Blocklists | undefined };
  readonly dkim: Pick<Dkim, "keys">;
  readonly queue: Pick<Queue, "settled" | "poke" | "tryNow" | "inHand" | "busy">;
  readonly reload: ServerOperations["reload"];
  readonly clock: Clock;
}

export function createServerOperations(parts: OperatedParts): ServerOperations {
  const { store, policy, decisions, protection, blocklists, queue } = parts;
  const { now, elapsed } = parts.clock;
  const storeOperations = createLocalOperations({
    store,
    domains: () => policy().settings.domains,
    now,
    newId: shortId,
    stops: protection.stops,
    onQueueChanged: () => queue.poke(),
    onDomainsChanged: () => policy().directory.refresh(),
  });
  // Before grants are revoked: no session is left that could open another one.
  const ended = { ...storeOperations, ...endingSessions(storeOperations, parts.endSessions) };
  const operations = withGrants(ended, {
    grants: () => parts.grants,
    isOurs: (domain) => policy().directory.domain(domain) !== undefined,
    now,
  });
  return {
    ...operations,
    ...createQueueOperations({
      store,
      queue,
      schedule: () => policy().settings.queue,
      stops: protection.stops,
      now,
    }),
    grantAdd: (...given) => heldHere(operations.grantAdd(...given)),
    grantRevoke: (selection) => heldHere(operations.grantRevoke(selection)),
    ...createDecisionOperations({
      policy: async () => policy(),
      kept: decisions,
      settings: () => policy().settings.decisions,
    }),
    ...operateDkim({
      store,
      settings: () => policy().settings,
      isOurs: async (domain) => policy().directory.domain(domain) !== undefined,
      now,
      onChanged: () => parts.dkim.keys.refresh(),
    }),
    ...protection.operations,
    ...createBlocklistOperations(() => blocklists.current, elapsed),
    ...createAccessOperations({ store, now, newId: shortId }),
    reload: parts.reload,
  };
}
