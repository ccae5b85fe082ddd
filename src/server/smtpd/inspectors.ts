// The inspectors of one message, side by side: each octet goes to all, and at the end all are asked at
// once. They have a stated order: of several refusals the first holds, and fields stand in it.

import { errorText } from "../../core/error-text.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import type { ArrivingMessage, Inspection, Inspector, Verdict } from "./inspection.ts";

export interface Inspectors {
  /** Octets as the client sent them. */
  sent(octets: Uint8Array): void;
  /** Octets that are kept. */
  kept(octets: Uint8Array): void;
  /** The client should send no more for now. */
  readonly isFull: boolean;
  /** The message is whole. Never rejects, and ends within the longest patience. */
  judge(): Promise<Judgement>;
  abandon(): void;
}

export interface Judgement {
  readonly refusal?: Refusal;
  /** For the top of the message. */
  readonly fields: string;
  /** Why the message is junk, if it is: one reason an inspector. */
  readonly junk: readonly string[];
}

interface Refusal {
  readonly reply: Reply;
  readonly by: string;
  readonly why: string;
}

interface Named {
  readonly name: string;
  readonly inspector: Inspector;
}

/** Undefined where nobody inspects the message.
 * @param onDrain called where `isFull` may have become false again. */
export function beginInspection(
  inspections: readonly Inspection[],
  message: ArrivingMessage,
  onDrain: () => void,
): Inspectors | undefined {
  const all = inspections.flatMap((inspection): Named[] => {
    const inspector = inspection.begin(message, onDrain);
    return inspector === undefined ? [] : [{ name: inspection.name, inspector }];
  });
  if (all.length === 0) return undefined;
  const whoSees = (what: Inspector["sees"]) =>
    all.flatMap(({ inspector }) => (inspector.sees === what ? [inspector] : []));
  const [ofSent, ofKept] = [whoSees("sent"), whoSees("kept")];
  return {
    sent(octets) {
      for (const inspector of ofSent) inspector.take(octets);
    },
    kept(octets) {
      for (const inspector of ofKept) inspector.take(octets);
    },
    get isFull() {
      return all.some(({ inspector }) => inspector.isFull);
    },
    async judge() {
      const found = await Promise.all(
        all.map(async ({ name, inspector }) => ({ name, verdict: await verdictOf(inspector) })),
      );
      return combine(found);
    },
    abandon() {
      for (const { inspector } of all) inspector.abandon();
    },
  };
}

async function verdictOf(inspector: Inspector): Promise<Verdict> {
  const { patience } = inspector;
  const given = new AbortController();
  const late = Promise.withResolvers<Verdict>();
  const timer = setTimeout(() => {
    given.abort();
    late.resolve(inspector.withoutVerdict(`no result within ${patience / 1000} seconds`));
  }, patience);
  try {
    return await Promise.race([inspector.judge(given.signal), late.promise]);
  } catch (error) {
    return inspector.withoutVerdict(errorText(error));
  } finally {
    clearTimeout(timer);
  }
}

function combine(
  found: readonly { readonly name: string; readonly verdict: Verdict }[],
): Judgement {
  for (const { name, verdict } of found) {
    if (verdict.kind !== "refuse") continue;
    const { reply, why } = verdict;
    return { refusal: { reply, by: name, why }, fields: "", junk: [] };
  }
  return {
    fields: found.map(({ verdict }) => fieldsOf(verdict)).join(""),
    junk: found.flatMap(({ name, verdict }) =>
      verdict.kind === "junk" ? [`${name}: ${verdict.why}`] : [],
    ),
  };
}

function fieldsOf(verdict: Verdict): string {
  return verdict.kind === "refuse" ? "" : (verdict.fields ?? "");
}
