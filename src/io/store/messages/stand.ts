// A recipient takes its place in the line of its destination.

import type { Kysely } from "kysely";
import type { MessageId, PlaceInLine } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { Standee } from "../line-store.ts";
import type { Tables } from "../schema.ts";
import { type Template, template } from "../template.ts";
import { preparePlan } from "./finish.ts";
import { prepareMakeLine } from "./line-rows.ts";

export interface RecipientKey {
  readonly id: MessageId;
  readonly position: number;
}

export interface PlaceColumns {
  readonly line: number | null;
  readonly place: number | null;
  readonly from: number | null;
  readonly until: number | null;
}

export function placeColumns(inLine: PlaceInLine | undefined): PlaceColumns {
  if (inLine === undefined) return { line: null, place: null, from: null, until: null };
  const { line, place, from, until } = inLine;
  return { line: line.number, place, from, until };
}

type Stand = RecipientKey & PlaceColumns & { readonly waited: number };

/** A place where no attempt was made: the recipient is as it was, but that it waits in line. */
export function standInLine(queries: Kysely<Tables>): Template<Stand, unknown> {
  return template((row) => updatePlace(queries, row));
}

/** The steps for many at once. */
export function prepareStand(
  queries: Kysely<Tables>,
  node: number,
): (places: readonly Standee[]) => readonly Step[] {
  const makeLine = prepareMakeLine(queries, node);
  const plan = preparePlan(queries);
  const stand = standOwn(queries, node);
  return (places) => {
    const lines = new Map(places.map(({ inLine: { line } }) => [line.number, line]));
    const ids = new Set(places.map(({ id }) => id));
    return [
      ...[...lines.values()].map((line) => makeLine(line)),
      ...places.map(({ id, index: position, waited, inLine }) =>
        stand.with({ id, position, waited, ...placeColumns(inLine) }),
      ),
      ...[...ids].map((id) => plan(id)),
    ];
  };
}

function standOwn(queries: Kysely<Tables>, node: number): Template<Stand, unknown> {
  return template((row) =>
    updatePlace(queries, row).where((eb) =>
      eb.exists(
        eb.selectFrom("message").select("id").where("id", "=", row.id).where("node", "=", node),
      ),
    ),
  );
}

function updatePlace(
  queries: Kysely<Tables>,
  { id, position, waited, line, place, from, until }: Stand,
) {
  return queries
    .updateTable("recipient")
    .set({ waited, line, place, line_from: from, line_until: until })
    .where("message", "=", id)
    .where("position", "=", position)
    .where("state", "=", "waiting");
}
