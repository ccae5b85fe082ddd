// How a group of units crosses to the worker and its results come back: few, flat values, for every
// object costs on both sides; all octets of a group in memory that both threads see.

import type { Parameter, Step, StepResult } from "../engine.ts";
import type { StoreProblem } from "../error.ts";

export interface Group {
  /** The SQL of the whole group, each text once. */
  readonly texts: readonly string[];
  readonly units: readonly GroupUnit[];
}

export type GroupUnit = readonly GroupStep[];

type GroupStep = readonly [
  text: number,
  parameters: readonly Parameter[],
  guard: boolean | undefined,
];

export interface GroupReport {
  /** In the order of the group's units. */
  readonly outcomes: readonly UnitOutcome[];
  /** Transactions that it took. */
  readonly transactions: number;
  /** Milliseconds that the last commit took that has written; 0 where none has. One number: whatever
   * crosses is paid for on both sides. */
  readonly commit: number;
}

/** What each step that was carried out came to, or why none was. */
export type UnitOutcome = readonly StepOutcome[] | StoreProblem;

/** Rows changed, or rows found. */
export type StepOutcome = number | FoundRows;

interface FoundRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface GroupedUnit {
  readonly steps: readonly Step[];
  /** As `octetsIn` counts them. */
  readonly octets: number;
}

export interface PackedGroup {
  readonly group: Group;
  /** For postMessage: what moves. */
  readonly transfer: readonly ArrayBuffer[];
}

/** Memory that both threads see: a group's octets need no new memory, which the system would have to
 * clear page by page. It is free again when the group's report is in. */
export type Slab = Uint8Array<SharedArrayBuffer>;

/** Copies the octets in the parameters, and only those, whatever buffer they are a view of: into the
 * slab, or, if they do not fit, into memory of their own that moves. */
export function packGroup(units: readonly GroupedUnit[], slab: Slab): PackedGroup {
  const texts = new Map<string, number>();
  const size = units.reduce((sum, { octets }) => sum + octets, 0);
  const own = size > slab.length ? new Uint8Array(size) : undefined;
  const memory = own ?? slab;
  let used = 0;
  const place = (parameter: Parameter): Parameter => {
    if (!(parameter instanceof Uint8Array)) return parameter;
    memory.set(parameter, used);
    used += parameter.length;
    return memory.subarray(used - parameter.length, used);
  };
  const pack = ({ sql, parameters, guard }: Step): GroupStep => {
    const text = texts.get(sql) ?? texts.size;
    texts.set(sql, text);
    return [text, parameters.map(place), guard];
  };
  const group = { units: units.map(({ steps }) => steps.map(pack)), texts: [...texts.keys()] };
  return { group, transfer: own === undefined ? [] : [own.buffer] };
}

const nothing: StepResult = { rows: [], changes: 0 };

/** A result for each of the unit's steps, also for those that a guard left out. */
export function unpackResults(
  steps: readonly Step[],
  outcomes: readonly StepOutcome[],
): StepResult[] {
  return steps.map((_, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return nothing;
    if (typeof outcome === "number") return { rows: [], changes: outcome };
    return { rows: outcome.rows.map((row) => toRecord(outcome.columns, row)), changes: 0 };
  });
}

function toRecord(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) record[column] = values[index];
  return record;
}

/** The buffers of large octet values found, which move to the other side instead of being copied. */
export function movableBuffers({ outcomes }: GroupReport): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const unit of outcomes) {
    if (!isCarriedOut(unit)) continue;
    for (const step of unit) if (typeof step !== "number") buffers.push(...largeBuffers(step));
  }
  return buffers;
}

/** Up to about this size a copy costs less than a move. */
const smallOctets = 16 * 1024;

function largeBuffers({ rows }: FoundRows): ArrayBuffer[] {
  return rows
    .flat()
    .map((value) => (value instanceof Uint8Array ? value.buffer : undefined))
    .filter((buffer) => buffer instanceof ArrayBuffer)
    .filter(({ byteLength }) => byteLength > smallOctets);
}

export function isCarriedOut(outcome: UnitOutcome): outcome is readonly StepOutcome[] {
  return Array.isArray(outcome);
}
