// What an operator does to the queue. Each message is a unit of its own, so that the mail that comes
// and goes meanwhile never waits for a whole queue.

import type { Kysely } from "kysely";
import type { MessageId } from "../../../core/queue/message.ts";
import type { Engine, Step } from "../engine.ts";
import type { MessageStore, QueueSelection, RecipientState } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step, template } from "../template.ts";
import { noteChange } from "../changes.ts";
import { openStates, prepareFind, prepareFinish, preparePlan } from "./finish.ts";
import { isMeant, selectIds } from "./select.ts";

type Operations = Pick<MessageStore, "hold" | "release" | "retry" | "remove">;

export function operations(engine: Engine): Operations {
  const { queries } = engine;
  const plan = preparePlan(queries);
  const finish = prepareFinish(queries);
  const operate = prepareOperate(engine);
  return {
    hold(selection) {
      const change = updateMeant(queries, selection, ["waiting"], { state: "held", ...outOfLine });
      return operate(selection, ["waiting"], (id) => [change(id), plan(id)]);
    },
    release(selection) {
      const change = updateMeant(queries, selection, ["held"], { state: "waiting" });
      return operate(selection, ["held"], (id) => [change(id), plan(id)]);
    },
    retry(selection, now) {
      const change = updateMeant(queries, selection, ["waiting"], { next_attempt: now });
      return operate(selection, ["waiting"], (id) => [change(id), plan(id)]);
    },
    remove(selection) {
      const change = deleteMeant(queries, selection);
      return operate(selection, openStates, (id) => [change(id), plan(id), ...finish(id)]);
    },
  };
}

/** What is held waits for its operator alone. */
const outOfLine = { line: null, place: null, line_from: null, line_until: null } as const;

type StepFor = (id: MessageId) => Step;

function updateMeant(
  queries: Kysely<Tables>,
  selection: QueueSelection,
  states: readonly RecipientState[],
  values: Partial<Tables["recipient"]>,
): StepFor {
  const update = template(({ id }: { readonly id: MessageId }) =>
    queries
      .updateTable("recipient")
      .set(values)
      .where("message", "=", id)
      .where((recipient) => isMeant(recipient, selection, states)),
  );
  return (id) => update.with({ id });
}

function deleteMeant(queries: Kysely<Tables>, selection: QueueSelection): StepFor {
  const remove = template(({ id }: { readonly id: MessageId }) =>
    queries
      .deleteFrom("recipient")
      .where("message", "=", id)
      .where((recipient) => isMeant(recipient, selection, openStates)),
  );
  return (id) => remove.with({ id });
}

type Operate = (
  selection: QueueSelection,
  states: readonly RecipientState[],
  stepsFor: (id: MessageId) => readonly [Step, ...Step[]],
) => Promise<number>;

/** Tells how many messages the first of their steps changed. In a shared store each message is held
 * first, so that what its host does to it at the same time comes before or after. */
function prepareOperate(engine: Engine): Operate {
  const find = prepareFind(engine.queries);
  const unitFor = (id: MessageId, steps: readonly Step[]): readonly Step[] =>
    engine.isShared ? [find(id), ...steps] : steps;
  const change = engine.isShared ? 1 : 0;
  return async (selection, states, stepsFor) => {
    let touched = 0;
    for await (const ids of pagesOfIds(engine, selection, states)) {
      const results = await Promise.all(ids.map((id) => engine.run(unitFor(id, stepsFor(id)))));
      touched += results.filter((result) => (result[change]?.changes ?? 0) > 0).length;
    }
    await noteChange(engine, "queue");
    return touched;
  };
}

const pageLength = 200;

async function* pagesOfIds(
  engine: Engine,
  selection: QueueSelection,
  states: readonly RecipientState[],
): AsyncIterable<readonly MessageId[]> {
  const select = selectIds(engine.queries, selection, states);
  const read = async (query: typeof select): Promise<readonly MessageId[]> => {
    const [{ rows }] = await engine.run([step(query)]);
    return rows.map(({ id }) => id);
  };
  if (selection.ids !== "all") {
    for (let at = 0; at < selection.ids.length; at += pageLength) {
      yield await read(select.where("message.id", "in", selection.ids.slice(at, at + pageLength)));
    }
    return;
  }
  for (let after: MessageId | undefined = 0; after !== undefined;) {
    const ids: readonly MessageId[] = await read(
      select.where("message.id", ">", after).limit(pageLength),
    );
    yield ids;
    after = ids.at(-1);
  }
}
