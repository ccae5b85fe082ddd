// The operations in somebody's name: whatever changes something is written into the audit log, whether it
// came by the page, the HTTP API or the command line.

import { errorText } from "../../core/error-text.ts";
import type { Actor } from "./actor.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { isChanging, written } from "./audit/written.ts";
import type { Operations } from "./operations.ts";
import type { ServerOperations } from "./server-operations.ts";

export type OperationsFor = (actor: Actor) => ServerOperations;

/** The same operations, written down as the actor's. */
export function actFor<Some extends Operations>(
  operations: Some,
  actor: Actor,
  audit: Pick<AuditLog, "note">,
): Some {
  const entries = Object.entries(operations).map(([act, operation]) => {
    if (!isChanging(act) || typeof operation !== "function") return [act, operation];
    return [
      act,
      async (...given: readonly unknown[]): Promise<unknown> => {
        const done = { act, arguments: describe(act, given) };
        try {
          const result: unknown = await Reflect.apply(operation, operations, given);
          await audit.note(actor, done);
          return result;
        } catch (error) {
          await audit.note(actor, { ...done, error: errorText(error) });
          throw error;
        }
      },
    ];
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each is there, under its name
  return Object.fromEntries(entries) as Some;
}

function describe(
  act: keyof typeof written,
  given: readonly unknown[],
): Readonly<Record<string, unknown>> {
  const described: Readonly<Record<string, unknown>> = Reflect.apply(
    written[act],
    undefined,
    given,
  );
  return described;
}
