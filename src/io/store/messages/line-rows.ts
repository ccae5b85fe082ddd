// Between the rows of destinations and what delivery knows of their lines.

import type { Kysely } from "kysely";
import type { LineName } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { StoredLine } from "../line-store.ts";
import type { Tables } from "../schema.ts";
import { template } from "../template.ts";

type DestinationRow = Tables["destination"];

/** A step that makes a line's row where there is none: nobody stands in a line without one. */
export function prepareMakeLine(queries: Kysely<Tables>, node: number): (line: LineName) => Step {
  const make = template((row: LineName) =>
    queries
      .insertInto("destination")
      .values({ number: row.number, key: row.key, name: row.name, node, ways: "", clock: 0 })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return (line) => make.with(line);
}

export function toDestinationRow(
  { number, key, name, ways, standing, lastWords }: StoredLine,
  node: number,
): DestinationRow {
  const { clock, outage } = standing;
  return {
    number,
    node,
    key,
    name,
    ways,
    clock,
    down_since: outage?.since ?? null,
    last_try: outage?.lastTry ?? null,
    next_try: outage?.nextTry ?? null,
    tries: outage?.tries ?? null,
    said: lastWords?.said ?? null,
    peer: lastWords?.peer ?? null,
  };
}

export function toStoredLine(row: DestinationRow): StoredLine {
  const { number, key, name, ways, clock, said, peer } = row;
  const { down_since: since, last_try: lastTry, next_try: nextTry, tries } = row;
  const isDown = since !== null && lastTry !== null && nextTry !== null && tries !== null;
  return {
    number,
    key,
    name,
    ways,
    standing: { clock, ...(isDown && { outage: { since, lastTry, nextTry, tries } }) },
    ...(said !== null && { lastWords: { said, ...(peer !== null && { peer }) } }),
  };
}
