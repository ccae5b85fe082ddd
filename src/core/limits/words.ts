// A limit in words, for replies and logs: `100 messages an hour from your address`.

import type { Rate } from "./bucket.ts";
import type { Scope } from "./subject.ts";

export type Counted = "messages" | "recipients";

const whose: Readonly<Record<Scope, string>> = {
  client: "from your address",
  network: "from your network",
  login: "for your login",
  grant: "for your account",
};

export function describeLimit(rate: Rate, counted: Counted | "connections", scope: Scope): string {
  const { amount, period } = rate;
  const things = amount === 1 ? counted.slice(0, -1) : counted;
  return `${amount} ${things} ${describePeriod(period)} ${whose[scope]}`;
}

const units = [
  { length: 86_400_000, one: "a day", many: "days" },
  { length: 3_600_000, one: "an hour", many: "hours" },
  { length: 60_000, one: "a minute", many: "minutes" },
  { length: 1000, one: "a second", many: "seconds" },
] as const;

function describePeriod(milliseconds: number): string {
  const unit = units.find(({ length }) => milliseconds % length === 0);
  if (unit === undefined) return `in ${milliseconds} milliseconds`;
  const count = milliseconds / unit.length;
  return count === 1 ? unit.one : `in ${count} ${unit.many}`;
}
