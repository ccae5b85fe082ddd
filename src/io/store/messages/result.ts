// What an attempt came to for one recipient, as steps.

import type { Kysely } from "kysely";
import type { RecipientResult, Settlement } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { AttemptState, Tables } from "../schema.ts";
import { type Template, template } from "../template.ts";
import { type PlaceColumns, placeColumns, type RecipientKey, standInLine } from "./stand.ts";

interface AttemptValues extends RecipientKey {
  readonly at: number;
  readonly said: string;
}

/**
 * Prepares the steps that note a result. With a message that is finished its recipients go, and no
 * attempts are noted: most messages take one, and leave nothing behind. A recipient that was removed
 * meanwhile is passed over.
 */
export function prepareResult(
  queries: Kysely<Tables>,
): (settlement: Settlement, result: RecipientResult) => readonly Step[] {
  const drop = dropRecipient(queries);
  const defer = deferRecipient(queries);
  const stand = standInLine(queries);
  const end = endRecipient(queries);
  const note = noteAttempt(queries);
  return ({ id, at, peer, protection, finished }, result) => {
    const { index: position } = result;
    if (result.state === "lined") {
      const { waited, inLine } = result;
      return [stand.with({ id, position, waited, ...placeColumns(inLine) })];
    }
    const contact = { peer, protection: protection ? JSON.stringify(protection) : null };
    if (result.state === "deferred") {
      const { nextAttempt, waited, said } = result;
      const plan = { id, position, at, said, nextAttempt, waited, ...placeColumns(result.inLine) };
      const noted = { id, position, at, ...contact, state: result.state, said };
      return [defer.with(plan), note.with(noted)];
    }
    const { state, said } = result;
    if (finished) return [drop.with({ id, position })];
    return [
      end.with({ id, position, at, said, state }),
      note.with({ id, position, at, ...contact, state, said }),
    ];
  };
}

function dropRecipient(queries: Kysely<Tables>): Template<RecipientKey, unknown> {
  return template(({ id, position }) =>
    queries.deleteFrom("recipient").where("message", "=", id).where("position", "=", position),
  );
}

/** Leaves the state alone: a recipient that was held meanwhile stays held. */
function deferRecipient(
  queries: Kysely<Tables>,
): Template<
  AttemptValues & PlaceColumns & { readonly nextAttempt: number; readonly waited: number },
  unknown
> {
  return template(({ id, position, at, said, nextAttempt, waited, line, place, from, until }) =>
    queries
      .updateTable("recipient")
      .set(({ eb }) => ({ attempts: eb("attempts", "+", 1), last_attempt: at, said }))
      .set({ next_attempt: nextAttempt, waited })
      .set({ line, place, line_from: from, line_until: until })
      .where("message", "=", id)
      .where("position", "=", position),
  );
}

function endRecipient(
  queries: Kysely<Tables>,
): Template<AttemptValues & { readonly state: "delivered" | "failed" }, unknown> {
  return template(({ id, position, at, said, state }) =>
    queries
      .updateTable("recipient")
      .set(({ eb }) => ({ attempts: eb("attempts", "+", 1), last_attempt: at, said, state }))
      .where("message", "=", id)
      .where("position", "=", position),
  );
}

/** Numbers the attempt as its recipient, which has been updated before, counts them. */
function noteAttempt(
  queries: Kysely<Tables>,
): Template<
  AttemptValues & Pick<Tables["attempt"], "peer" | "protection"> & { readonly state: AttemptState },
  unknown
> {
  return template(({ id, position, at, peer, protection, state, said }) =>
    queries
      .insertInto("attempt")
      .columns(["message", "position", "number", "at", "peer", "state", "said", "protection"])
      .expression((eb) =>
        eb
          .selectFrom("recipient")
          .select(["message", "position", "attempts as number"])
          .select([eb.val(at).as("at"), eb.val(peer).as("peer")])
          .select([eb.val(state).as("state"), eb.val(said).as("said")])
          .select(eb.val(protection).as("protection"))
          .where("message", "=", id)
          .where("position", "=", position),
      ),
  );
}
