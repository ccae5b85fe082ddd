// vpopmail's relay table in MySQL or MariaDB: read as a whole, looked up by address, and written to.

import { type WrittenRow, writtenForms } from "../../../core/grants/relay-row.ts";
import { formatIp, type IpAddress } from "../../../core/mail/ip.ts";
import { type Database, DatabaseProblem, type Query, type Row } from "./database.ts";

export interface RelayTable {
  /** The rows that are not over, and those that make no sense, newest first.
   * @param over seconds since 1970: rows up to then are over */
  read(over: number): Promise<TableReading>;
  /** Rows that may be those of the clients, found by the index. */
  find(clients: readonly IpAddress[]): Promise<Omit<TableReading, "isWhole">>;
  /** Says that the client has logged in then. Resolves with false where the table cannot hold its
   * address. */
  write(entry: TableEntry): Promise<boolean>;
  /** Deletes a row, if it is still that one. */
  remove(entry: Omit<TableEntry, "account">): Promise<void>;
  /** Deletes rows that are over, as vpopmail does. */
  prune(over: number): Promise<void>;
  close(): void;
}

interface TableReading {
  readonly rows: readonly WrittenRow[];
  /** Characters that the table has for an address. */
  readonly width: number;
  /** There are no more rows than these. */
  readonly isWhole: boolean;
}

interface TableEntry {
  readonly client: IpAddress;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly account: string | undefined;
}

export interface RelayTableOptions {
  /** Its name; letters, digits, `_` and `$`. */
  readonly table: string;
  /** For what may take its time. */
  readonly database: Database;
  /** For what clients wait for. */
  readonly quick: Database;
}

/** Rows in one reading. */
export const mostRows = 20_000;

export function createRelayTable(options: RelayTableOptions): RelayTable {
  return new SqlRelayTable(options);
}

interface TableShape {
  readonly width: number;
  /** Characters of Mail::Toaster's `name`; undefined where there is none. */
  readonly nameWidth: number | undefined;
}

/** Whether a number or a text holds them. Where it is neither, MySQL would not delete the row, nor any
 * other: hence IGNORE. */
const seconds = "timestamp + 0";

class SqlRelayTable implements RelayTable {
  readonly #options: RelayTableOptions;
  readonly #name: string;
  /** As it was when it was last looked at. */
  #shape: TableShape | undefined;

  constructor(options: RelayTableOptions) {
    this.#options = options;
    this.#name = `\`${options.table}\``;
  }

  read(over: number): Promise<TableReading> {
    return this.#use(this.#options.database, async (query, shape) => {
      const sql =
        `SELECT ${columnsOf(shape)} FROM ${this.#name} ` +
        `WHERE NOT (${seconds} BETWEEN 1 AND CAST(? AS SIGNED)) OR timestamp IS NULL ` +
        `ORDER BY ${seconds} DESC LIMIT ${mostRows + 1}`;
      const rows = (await query(sql, [String(over)])).map(toRow);
      const isWhole = rows.length <= mostRows;
      return { rows: rows.slice(0, mostRows), width: shape.width, isWhole };
    });
  }

  find(clients: readonly IpAddress[]): Promise<Omit<TableReading, "isWhole">> {
    return this.#use(this.#options.quick, async (query, shape) => {
      const forms = clients.flatMap(writtenForms);
      const places = forms.map(() => "?").join();
      const sql = `SELECT ${columnsOf(shape)} FROM ${this.#name} WHERE ip_addr IN (${places})`;
      return { rows: (await query(sql, forms)).map(toRow), width: shape.width };
    });
  }

  write({ client, timestamp, account = "" }: TableEntry): Promise<boolean> {
    return this.#use(this.#options.database, async (query, { width, nameWidth }) => {
      const address = formatIp(client);
      if (address.length > width) return false;
      const values = [address, String(timestamp)];
      if (nameWidth === undefined) {
        await query(`REPLACE INTO ${this.#name} (ip_addr, timestamp) VALUES (?, ?)`, values);
      } else {
        // Its character set may have no more than ASCII, and an error would keep the row out.
        const fits = account.length <= nameWidth && /^[\x21-\x7e]*$/.test(account);
        const name = fits ? account : "";
        const sql = `REPLACE INTO ${this.#name} (ip_addr, timestamp, name) VALUES (?, ?, ?)`;
        await query(sql, [...values, name]);
      }
      return true;
    });
  }

  async remove({ client, timestamp }: Omit<TableEntry, "account">): Promise<void> {
    const sql = `DELETE IGNORE FROM ${this.#name} WHERE ip_addr = ? AND ${seconds} = CAST(? AS SIGNED)`;
    const values = [formatIp(client), String(timestamp)];
    await this.#use(this.#options.database, (query) => query(sql, values));
  }

  async prune(over: number): Promise<void> {
    const sql = `DELETE IGNORE FROM ${this.#name} WHERE ${seconds} <= CAST(? AS SIGNED)`;
    await this.#use(this.#options.database, (query) => query(sql, [String(over)]));
  }

  close(): void {
    this.#options.database.close();
    this.#options.quick.close();
  }

  /** The table is looked at when it is first used, and again when something was wrong with it: the
   * operator may have made another one. */
  async #use<Value>(
    database: Database,
    work: (query: Query, shape: TableShape) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await database.run(async (query) => {
        this.#shape ??= await this.#look(query);
        return work(query, this.#shape);
      });
    } catch (error) {
      if (error instanceof DatabaseProblem && error.fault === "misconfigured") {
        this.#shape = undefined;
      }
      throw error;
    }
  }

  async #look(query: Query): Promise<TableShape> {
    const columns = new Map<string, string>();
    for (const row of await query(`SHOW COLUMNS FROM ${this.#name}`, [])) {
      columns.set(text(row["Field"])?.toLowerCase() ?? "", text(row["Type"])?.toLowerCase() ?? "");
    }
    const address = this.#demand(columns, "ip_addr", /char|text|binary|blob/);
    this.#demand(columns, "timestamp", /char|int|decimal/);
    const name = columns.get("name");
    const nameWidth = name !== undefined && name.includes("char") ? widthOf(name) : undefined;
    return { width: widthOf(address), nameWidth };
  }

  #demand(columns: ReadonlyMap<string, string>, column: string, types: RegExp): string {
    const type = columns.get(column);
    if (type !== undefined && types.test(type)) return type;
    const found = type === undefined ? `no column ${column}` : `a column ${column} of type ${type}`;
    const advice = "vpopmail's has ip_addr char(18) or varchar(39) and timestamp char(12) or int";
    throw new DatabaseProblem("misconfigured", `the table ${this.#name} has ${found}; ${advice}`);
  }
}

/** As texts, whatever they are. */
function columnsOf({ nameWidth }: TableShape): string {
  const name = nameWidth === undefined ? "NULL" : "CAST(name AS CHAR)";
  return `CAST(ip_addr AS CHAR) AS address, CAST(timestamp AS CHAR) AS seconds, ${name} AS name`;
}

function toRow(row: Row): WrittenRow {
  return {
    address: text(row["address"]),
    timestamp: text(row["seconds"]),
    name: text(row["name"]),
  };
}

function text(value: unknown): string | null {
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString("latin1") : null;
}

/** `char(18)`: 18. A type without a number holds any address. */
function widthOf(type: string): number {
  return Number(/\((?<width>\d+)\)/.exec(type)?.groups?.["width"] ?? 255);
}
