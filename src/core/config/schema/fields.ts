// The building blocks of the configuration's schema. Each names what it expects in words, so that
// no message is left to the schema library, and so that the manual can name the kind of value.

import { z } from "zod";
import type { Domain } from "../../mail/domain.ts";
import type { Rate } from "../../limits/bucket.ts";
import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";
import type { Endpoint } from "../settings.ts";
import {
  durationExpected,
  durationPattern,
  readDuration,
  readLongDuration,
} from "../values/duration.ts";
import { type EndpointKind, readEndpoint } from "../values/endpoint.ts";
import { domainExpected, readDomain } from "../values/name.ts";
import { ratePattern, rateExpected, readRate } from "../values/rate.ts";
import { readSize, sizeExpected, sizePattern } from "../values/size.ts";

/** A manual text, written over several lines. */
export function prose(...lines: readonly string[]): string {
  return lines.join(" ");
}

/** A value that is written as one word and read by `read`, which says what is wrong with it. */
export function word<Value>(
  expected: string,
  read: (written: string) => Result<Value, string>,
): z.ZodType<Value, string> {
  return z.string({ error: complain(expected) }).transform(through(read));
}

// oxlint-disable-next-line no-control-regex -- control characters are the point
const plain = /^[^\u0000-\u001f\u007f]+$/;

/** Any text on one line. */
export function text(expected: string): z.ZodType<string, string> {
  return word(expected, (written) =>
    plain.test(written) ? good(written) : bad(unfit(written, expected)),
  );
}

/** The message for a value of the wrong kind, and for one that is missing. */
export function complain(expected: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => unfit(input, expected);
}

/** Hands a value of the right shape to `read`, which says what is wrong with it. */
export function through<Written, Value>(
  read: (written: Written) => Result<Value, string>,
): (written: Written, context: z.RefinementCtx) => Value {
  return (written, context) => {
    const result = read(written);
    if (result.ok) return result.value;
    context.addIssue({ code: "custom", message: result.problem });
    return z.NEVER;
  };
}

/** Milliseconds. */
export function duration(): z.ZodType<number, string> {
  return word(durationExpected, readDuration).meta({ title: "duration", pattern: durationPattern });
}

/** Milliseconds for which something is kept. */
export function longDuration(): z.ZodType<number, string> {
  const title = "duration, also a longer one";
  return word(durationExpected, readLongDuration).meta({ title, pattern: durationPattern });
}

/** How many in how long; undefined for `none`. */
export function rate(): z.ZodType<Rate | undefined, string> {
  return word(rateExpected, readRate).meta({ title: "rate", pattern: ratePattern });
}

/** Octets. */
export function size(): z.ZodType<number, string | number> {
  return z
    .union([z.int(), z.string()], { error: complain(sizeExpected) })
    .transform(through(readSize))
    .meta({ title: "size", pattern: sizePattern });
}

/** A whole number, 1 or more. */
export function count(): z.ZodType<number, number> {
  const error = complain("a whole number, 1 or more");
  return z.int({ error }).min(1, { error }).meta({ title: "number" });
}

export function domain(): z.ZodType<Domain, string> {
  return word(domainExpected, readDomain).meta({ title: "domain" });
}

export function endpoint(kind: EndpointKind): z.ZodType<Endpoint, string> {
  return word(kind.expected, (written) => readEndpoint(written, kind)).meta({ title: "endpoint" });
}

/** A mapping with these keys and no others. */
export function section<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, { error: complain("a mapping of keys to values") });
}

/** A list; `expected` names one item. */
export function list<Item extends z.ZodType>(item: Item, expected: string): z.ZodArray<Item> {
  return z.array(item, { error: complain(`a list in brackets, each item ${expected}`) });
}

/** A mapping whose keys the operator chooses; `check` reads a key and says what is wrong with it. */
export function named<Entry extends z.ZodType>(
  expected: string,
  check: (name: string) => Result<unknown, string>,
  entry: Entry,
): z.ZodRecord<z.ZodString, Entry> {
  const name = z.string().superRefine((written, context) => {
    const result = check(written);
    if (!result.ok) context.addIssue({ code: "custom", message: result.problem });
  });
  return z.record(name, entry, { error: complain(expected) });
}
