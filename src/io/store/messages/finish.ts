// What every change to a message's recipients ends with: the message is planned anew, or it goes.

import type { Kysely } from "kysely";
import type { MessageId } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { RecipientState } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { template } from "../template.ts";

/** In these states a recipient still has the message before it. */
export const openStates: readonly RecipientState[] = ["waiting", "held"];

type StepsFor<Steps> = (id: MessageId) => Steps;

interface Key {
  readonly id: MessageId;
}

/** A guard: the unit ends where the message is not in the store. */
export function prepareFind(queries: Kysely<Tables>): StepsFor<Step> {
  const find = template(({ id }: Key) =>
    queries.selectFrom("message").select("id").where("id", "=", id),
  );
  return (id) => ({ ...find.with({ id }), guard: true });
}

/** A guard: the unit ends where the message is not in the store, or not the host's any more. */
export function prepareFindOwn(queries: Kysely<Tables>, node: number): StepsFor<Step> {
  const find = template(({ id }: Key) =>
    queries.selectFrom("message").select("id").where("id", "=", id).where("node", "=", node),
  );
  return (id) => ({ ...find.with({ id }), guard: true });
}

/** Sets the message's next attempt to the first of its recipients' that wait by their own schedule. Costs a look only where
 * it has no recipients left. */
export function preparePlan(queries: Kysely<Tables>): StepsFor<Step> {
  const plan = template(({ id }: Key) =>
    queries
      .updateTable("message")
      .set((eb) => ({
        next_attempt: eb
          .selectFrom("recipient")
          .select(({ fn }) => fn.min("next_attempt").as("first"))
          .where("message", "=", id)
          .where("state", "=", "waiting")
          .where("line", "is", null),
      }))
      .where("id", "=", id)
      .where((eb) =>
        eb.exists(eb.selectFrom("recipient").select("position").where("message", "=", id)),
      ),
  );
  return (id) => plan.with({ id });
}

/** Steps that remove the message with all that is its own, if no recipient is open any more. A guard
 * stands at their head: nothing may come after them in a unit. */
export function prepareFinish(queries: Kysely<Tables>): StepsFor<readonly Step[]> {
  const message = template(({ id }: Key) =>
    queries
      .deleteFrom("message")
      .where("id", "=", id)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("recipient")
              .select("position")
              .where("message", "=", id)
              .where("state", "in", openStates),
          ),
        ),
      ),
  );
  const belongings = (["recipient", "body", "attempt"] as const).map((table) =>
    template(({ id }: Key) => queries.deleteFrom(table).where("message", "=", id)),
  );
  return (id) => [
    { ...message.with({ id }), guard: true },
    ...belongings.map((belonging) => belonging.with({ id })),
  ];
}
