// The one place where MariaDB's and MySQL's SQL differs from SQLite's: the repositories and the
// migrations build the same queries for all, and this says them in the server's words.

import {
  type CreateTableNode,
  type DataTypeNode,
  DummyDriver,
  type InsertQueryNode,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type OnConflictNode,
  OrActionNode,
  type ReferenceNode,
  type ReturningNode,
} from "kysely";
import type { Tables } from "../schema.ts";

/** SQLite's types hold whatever is put into them; these hold as much as we may want to put there. */
const types: Readonly<Record<string, string>> = {
  integer: "bigint",
  text: "mediumtext",
  blob: "mediumblob",
};

/** @param collation compares octet by octet, as SQLite does. */
export function mysqlQueries(collation: string): Kysely<Tables> {
  return new Kysely({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new MysqlIntrospector(database),
      createQueryCompiler: () => new StoreCompiler(collation),
    },
  });
}

class StoreCompiler extends MysqlQueryCompiler {
  readonly #collation: string;

  constructor(collation: string) {
    super();
    this.#collation = collation;
  }

  protected override visitCreateTable(node: CreateTableNode): void {
    super.visitCreateTable(node);
    this.append(` engine=InnoDB default character set utf8mb4 collate ${this.#collation}`);
  }

  protected override visitDataType(node: DataTypeNode): void {
    this.append(types[node.dataType] ?? node.dataType);
  }

  /** `on conflict do nothing` has no counterpart at the end of the statement. */
  protected override visitInsertQuery(node: InsertQueryNode): void {
    if (node.onConflict?.doNothing !== true) return super.visitInsertQuery(node);
    const { onConflict: _, ...rest } = node;
    super.visitInsertQuery({ ...rest, orAction: OrActionNode.create("ignore") });
  }

  protected override visitOnConflict({ updates = [], updateWhere }: OnConflictNode): void {
    if (updateWhere !== undefined) throw unknownHere("on conflict do update where");
    this.append("on duplicate key update ");
    this.compileList(updates);
  }

  /** What `on conflict` knows as the row that was not inserted. */
  protected override visitReference(node: ReferenceNode): void {
    if (node.table?.table.identifier.name !== "excluded") return super.visitReference(node);
    this.append("values(");
    this.visitNode(node.column);
    this.append(")");
  }

  protected override visitReturning(_node: ReturningNode): void {
    throw unknownHere("returning");
  }
}

function unknownHere(what: string): Error {
  return new Error(`a query with "${what}" cannot be said to MySQL; write it without`);
}
