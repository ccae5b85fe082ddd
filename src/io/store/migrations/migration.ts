// One step of the tables' history. Steps only go forward, and one that was released never changes.

import type { Compilable, SchemaModule } from "kysely";
import type { Dialect } from "../engine.ts";

export interface Migration {
  readonly name: string;
  readonly statements: (schema: SchemaModule, dialect: Dialect) => readonly Compilable[];
}
