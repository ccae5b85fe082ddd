// Everybody leaves a line: mail goes another way now, or another host delivers it.

import type { MessageId } from "../../../core/queue/message.ts";
import type { Engine } from "../engine.ts";
import { template } from "../template.ts";
import { prepareFind, preparePlan } from "./finish.ts";

interface Leaving {
  readonly id: MessageId;
  readonly line: number;
  readonly clock: number;
}

/** Messages at once. */
const pageLength = 200;

/** One unit for each message, so that mail which comes and goes meanwhile never waits for a long line.
 * @param clock the line's, up to which they have waited in it */
export async function dissolveLine(engine: Engine, line: number, clock: number): Promise<void> {
  const { queries } = engine;
  const page = template<{ line: number; limit: number }, { message: number }>(({ limit }) =>
    queries
      .selectFrom("recipient")
      .select("message")
      .where("line", "=", line)
      .orderBy("place")
      .orderBy("message")
      .limit(limit),
  ).with({ line, limit: pageLength });
  const leave = template((values: Leaving) =>
    queries
      .updateTable("recipient")
      .set((eb) => ({
        waited: eb
          .case()
          .when("line_from", "<", values.clock)
          .then(eb("waited", "+", eb(eb.val(values.clock), "-", eb.ref("line_from"))))
          .else(eb.ref("waited"))
          .end(),
      }))
      .set({ line: null, place: null, line_from: null, line_until: null })
      .where("message", "=", values.id)
      .where("line", "=", values.line),
  );
  const find = prepareFind(queries);
  const plan = preparePlan(queries);
  for (let before: readonly { message: number }[] = []; ;) {
    const [{ rows }] = await engine.run([page]);
    // Rows without a message would stay: none are known, and nobody waits for them.
    if (rows.length === 0 || isSame(rows, before)) return;
    before = rows;
    const ids = [...new Set(rows.map(({ message }) => message))];
    await Promise.all(
      ids.map((id) => engine.run([find(id), leave.with({ id, line, clock }), plan(id)])),
    );
  }
}

function isSame(
  one: readonly { readonly message: number }[],
  other: readonly { readonly message: number }[],
): boolean {
  return one.length === other.length && one.every((row, at) => row.message === other[at]?.message);
}
