// Queries that are built once and afterwards only filled in: Kysely takes 20 to 60 µs to build and
// compile one, which is more than SQLite takes to carry it out.

import type { Compilable } from "kysely";
import type { Parameter, Step } from "./engine.ts";

export interface Template<Values, Row> {
  /** The step with these values in place. */
  with(values: Values): Step<Row>;
}

/** Stands in a compiled query for a value that is not known yet. */
class Placeholder {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  valueIn(values: object): Parameter {
    return toParameter(Reflect.get(values, this.#name));
  }
}

/**
 * Compiles the query that `build` makes. `values` there holds a placeholder for each name: hand
 * them to Kysely as they are, whole; a query cannot depend on what they will be.
 */
export function template<Values extends Readonly<Record<keyof Values, Parameter>>, Row>(
  build: (values: Values) => Compilable<Row>,
): Template<Values, Row> {
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely passes them on unread
  const { sql, parameters } = build(placeholders as Values).compile();
  const slots = parameters.map((slot) => (slot instanceof Placeholder ? slot : toParameter(slot)));
  return {
    with: (values) => ({
      sql,
      parameters: slots.map((slot) => (slot instanceof Placeholder ? slot.valueIn(values) : slot)),
    }),
  };
}

/** A step from a query that is seldom asked: compiled on the spot. */
export function step<Row>(query: Compilable<Row>): Step<Row> {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters.map(toParameter) };
}

function toParameter(value: unknown): Parameter {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`not a value for SQL: ${typeof value}`);
}
