// A message's octets, chunk by chunk: stashed while they arrive, read back when it is delivered.

import { type Kysely, sql } from "kysely";
import { formatMessageId, type MessageId } from "../../../core/queue/message.ts";
import type { Engine, Step } from "../engine.ts";
import { StoreError } from "../error.ts";
import type { MessageStore } from "../message-store.ts";
import type { Tables } from "../schema.ts";
import { step, type Template, template } from "../template.ts";

export function bodyMethods(engine: Engine): Pick<MessageStore, "stash" | "unstash" | "content"> {
  const { queries } = engine;
  const insert = insertChunk(queries);
  const read = readChunk(queries);
  return {
    async stash(id, sequence, chunk) {
      const put = insert.with({ message: id, sequence, chunk });
      const arrival = queries.insertInto("arrival").values({ message: id });
      await engine.run(sequence === 1 ? [step(arrival), put] : [put]);
    },
    async unstash(id) {
      await engine.run(unstashSteps(queries, id));
    },
    async *content(id) {
      for (let sequence = 0, last = 0; sequence <= last; sequence++) {
        const [{ rows }] = await engine.run([read.with({ id, sequence })]);
        const [row] = rows;
        if (row === undefined) throw missingPart(id, sequence);
        yield row.chunk;
        last = row.last;
      }
    },
  };
}

export function insertChunk(queries: Kysely<Tables>): Template<Tables["body"], unknown> {
  return template((row) =>
    queries
      .insertInto("body")
      .values({ message: row.message, sequence: row.sequence, chunk: row.chunk }),
  );
}

/** All octets of `source` once more, as those of the message `id` from the sequence number `first`. */
export function copyBody(
  queries: Kysely<Tables>,
): Template<
  { readonly id: MessageId; readonly source: MessageId; readonly first: number },
  unknown
> {
  return template(({ id, source, first }) =>
    queries
      .insertInto("body")
      .columns(["message", "sequence", "chunk"])
      .expression((eb) =>
        eb
          .selectFrom("body as whole")
          .select([
            eb.val(id).as("message"),
            sql<number>`${sql.ref("whole.sequence")} + ${first}`.as("sequence"),
            "whole.chunk",
          ])
          .where("whole.message", "=", source),
      ),
  );
}

interface ChunkKey {
  readonly id: MessageId;
  readonly sequence: number;
}

interface ReadChunk {
  readonly chunk: Uint8Array;
  /** The greatest sequence number of the message. */
  readonly last: number;
}

function readChunk(queries: Kysely<Tables>): Template<ChunkKey, ReadChunk> {
  return template(({ id, sequence }) =>
    queries
      .selectFrom("body")
      .select("chunk")
      .select((eb) =>
        eb
          .selectFrom("body as whole")
          .select(({ fn }) => fn.max("whole.sequence").as("last"))
          .where("whole.message", "=", id)
          .$asScalar()
          .$notNull()
          .as("last"),
      )
      .where("message", "=", id)
      .where("sequence", "=", sequence),
  );
}

export function missingPart(id: MessageId, sequence: number): StoreError {
  const message = `message ${formatMessageId(id)}: part ${sequence} of its content is not in the store`;
  return new StoreError({ kind: "missing", message });
}

/** The arrival first: should the message be kept at this very moment, though nobody heard of it, that
 * holds it, and its octets stay. */
function unstashSteps(queries: Kysely<Tables>, id: MessageId): readonly Step[] {
  const body = queries
    .deleteFrom("body")
    .where("message", "=", id)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom("message").select("message.id").where("message.id", "=", id))),
    );
  return [step(queries.deleteFrom("arrival").where("message", "=", id)), step(body)];
}

/** Throws away what was stashed of messages whose arrival a stop of the program cut short; one unit
 * for each message. To be called before anything new is stashed.
 * @param isOurs whether an id was given out by this host */
export async function dropArrivals(
  engine: Engine,
  isOurs: (id: MessageId) => boolean,
): Promise<void> {
  const { queries } = engine;
  const [{ rows }] = await engine.run([step(queries.selectFrom("arrival").select("message"))]);
  for (const { message } of rows.filter((row) => isOurs(row.message)))
    await engine.run(unstashSteps(queries, message));
}
